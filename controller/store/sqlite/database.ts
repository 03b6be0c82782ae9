// One SQLite database with one writer: changes that arrive together are committed together (one fsync), each in a savepoint of
// its own; reads have a connection of their own and see committed data only.
import { type DatabaseSync, DatabaseSync as Sqlite, type StatementSync } from 'node:sqlite';
import { FleetblockError, messageOf } from '../../../common/errors.ts';
import { failpoint } from '../../../common/failpoint.ts';
import { bigint } from './rows.ts';

/** Pages of the WAL from which a commit moves them to the main file: SQLite's own default. */
const CHECKPOINT_PAGES = 1000;

/** Most changes of one commit: bounds how long the event loop is held. */
const MAX_BATCH = 128;

interface Job {
  /** Runs inside the transaction; keeps its result. */
  attempt(): void;
  committed(): void;
  failed(error: unknown): void;
}

export class Database {
  readonly #writer: Connection;
  readonly #reader: Connection;
  #jobs: Job[] = [];
  #scheduled = false;
  /** A long transaction is under way: batches wait for it. */
  #busy = false;
  #closed = false;
  #broken: FleetblockError | undefined;

  /** `path` must hold a database in WAL mode. */
  constructor(path: string) {
    this.#writer = new Connection(path, false);
    this.#reader = new Connection(path, true);
  }

  /** Committed data. */
  get reader(): Connection {
    return this.#reader;
  }

  /**
   * Runs `work` in a transaction. What it throws rolls back only its own part.
   * @returns what `work` returned, after the commit is durable; `afterCommit` runs before, in commit order.
   */
  write<T>(work: (writer: Connection) => T, afterCommit: (result: T) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const outcome: T[] = [];
      this.#jobs.push({
        attempt: () => {
          outcome.push(work(this.#writer));
        },
        committed: () => {
          for (const result of outcome) {
            afterCommit(result);
            resolve(result);
          }
        },
        failed: reject,
      });
      this.#schedule();
    });
  }

  /** One transaction with pauses in it, for changes too large for one turn of the event loop. Alone in its commit. */
  async writeLong<T>(work: (writer: Connection) => Promise<T>, afterCommit: (result: T) => void): Promise<T> {
    while (this.#busy) await turn();
    this.#assertUsable();
    this.#busy = true;
    try {
      this.#writer.exec('PRAGMA wal_autocheckpoint = 0');
      this.#writer.exec('BEGIN IMMEDIATE');
      const result = await work(this.#writer);
      this.#commit();
      await turn();
      afterCommit(result);
      return result;
    } catch (error) {
      this.#rollBack();
      throw this.#explain(error);
    } finally {
      void this.#endLong();
    }
  }

  /** What a long change has put into the WAL goes to the main file in a turn of its own, after its caller has been answered. */
  async #endLong(): Promise<void> {
    await turn();
    try {
      if (!this.#closed)
        this.#writer.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA wal_checkpoint(PASSIVE)`);
    } catch (error) {
      // The change itself is safe in the WAL; a damaged disk refuses the next one.
      this.#explain(error);
    } finally {
      this.#busy = false;
      this.#schedule();
    }
  }

  /** `last` is the last that the writer does. Idempotent. */
  close(last: (writer: Connection) => void): void {
    if (this.#closed) return;
    this.#closed = true;
    const gone = new FleetblockError('UNAVAILABLE', 'the controller is stopping: try again');
    for (const job of this.#jobs.splice(0)) job.failed(gone);
    this.#rollBack();
    this.#reader.close();
    try {
      last(this.#writer);
    } finally {
      this.#writer.close();
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#busy || this.#jobs.length === 0) return;
    this.#scheduled = true;
    // After the present turn's input: requests that were read together share a commit.
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#busy) return;
      this.#commitBatch(this.#jobs.splice(0, MAX_BATCH));
      this.#schedule();
    });
  }

  #commitBatch(jobs: readonly Job[]): void {
    const done: Job[] = [];
    try {
      this.#assertUsable();
      this.#writer.exec('BEGIN IMMEDIATE');
      for (const job of jobs) if (this.#attempt(job)) done.push(job);
      this.#commit();
    } catch (error) {
      this.#rollBack();
      const explained = this.#explain(error);
      for (const job of jobs) job.failed(explained);
      return;
    }
    for (const job of done) job.committed();
  }

  /** @returns false when the job failed and was rolled back alone; throws when the whole transaction is gone. */
  #attempt(job: Job): boolean {
    this.#writer.exec('SAVEPOINT job');
    try {
      job.attempt();
      this.#writer.exec('RELEASE job');
      return true;
    } catch (error) {
      // SQLite itself rolls back everything on a full disk and the like.
      if (!this.#writer.inTransaction) throw error;
      this.#writer.exec('ROLLBACK TO job');
      this.#writer.exec('RELEASE job');
      job.failed(this.#explain(error));
      return false;
    }
  }

  #commit(): void {
    failpoint('store.commit.before');
    this.#writer.exec('COMMIT');
    failpoint('store.commit.after');
  }

  #rollBack(): void {
    try {
      if (this.#writer.inTransaction) this.#writer.exec('ROLLBACK');
    } catch {
      // The transaction is gone either way: SQLite drops it with the connection.
    }
  }

  #assertUsable(): void {
    if (this.#closed) throw new FleetblockError('UNAVAILABLE', 'the controller is stopping: try again');
    if (this.#broken) throw this.#broken;
  }

  #explain(error: unknown): unknown {
    const explained = explainSqliteError(error);
    // After an I/O error nobody knows what is on the disk: what a second fsync says is no proof.
    if (explained instanceof FleetblockError && explained.code === 'DATA_LOSS') this.#broken = explained;
    return explained;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A connection and its prepared statements. */
export class Connection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, readOnly: boolean) {
    this.#db = new Sqlite(path, { readOnly, enableForeignKeyConstraints: true, timeout: 5000 });
    this.#db.exec('PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000');
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  /** Prepared once. Integers come as numbers. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.#db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }
}

/** The column `value` of the first row, or 0. */
export function readBigint(db: Connection, sql: string): bigint {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  const row = statement.get();
  return row ? bigint(row, 'value') : 0n;
}

const FULL = 13;
const DAMAGED = new Set([10 /* IOERR */, 11 /* CORRUPT */, 26 /* NOTADB */]);

/** SQLite's errors in the project's words; anything else as it is. */
export function explainSqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const primary = error.errcode & 0xff;
  if (primary === FULL)
    return new FleetblockError(
      'RESOURCE_EXHAUSTED',
      'the disk of the controller is full: the change was not made; free space in its data directory',
      { cause: error },
    );
  if (DAMAGED.has(primary))
    return new FleetblockError(
      'DATA_LOSS',
      `the store cannot be read or written (${messageOf(error)}): check the disk, then restore a backup with fleetblock-controller restore`,
      { cause: error },
    );
  return error;
}
