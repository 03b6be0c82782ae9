// One SQLite database with one writer: changes that arrive together are committed together (one fsync), each in a savepoint of
// its own; reads have a connection of their own and see committed data only.
import { open } from 'node:fs/promises';
import { FleetblockError } from '../../../../common/errors.ts';
import { failpoint } from '../../../../common/failpoint.ts';
import { nextTurn } from '../../../../common/time/pacer.ts';
import { Checkpointer } from './checkpointer.ts';
import type { Commits } from './commits.ts';
import { Connection, explainSqliteError } from './connection.ts';

/** Of the write-ahead log: a thousand pages, SQLite's own default. */
const WAL_BYTES = 4_120_000;

/** Most changes of one commit, and milliseconds after which it takes no more of them: bound how long the event loop is held. */
const MAX_BATCH = 128;
const BATCH_MS = 15;

/** Of the writer, KiB. In a long change more than a few pages go to the log at once, not all at its end. */
const CACHE_KIB = 16_000;
const LONG_CACHE_KIB = 256;

/** A shorter log is moved more often, and a crash leaves less of it to read. */
export interface DatabaseOptions {
  /** Length of the write-ahead log from which it is moved to the main file. Default: 4 MB. */
  readonly walBytes?: number;
  /** For the connection that writes, before its first transaction. */
  readonly prepareWriter?: (writer: Connection) => void;
}

interface Job {
  /** Runs inside the transaction; keeps its result. */
  attempt(): void;
  committed(): void;
  failed(error: unknown): void;
}

/** Knows no table: `write` for short changes, `writeLong` for those with pauses in them. */
export class Database implements Commits {
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #walPath: string;
  readonly #checkpointer: Checkpointer;
  #jobs: Job[] = [];
  #scheduled = false;
  /** A long transaction is under way: batches wait for it. */
  #busy = false;
  #closed = false;
  #broken: FleetblockError | undefined;

  /** `path` must hold a database in WAL mode. */
  constructor(path: string, { walBytes = WAL_BYTES, prepareWriter }: DatabaseOptions = {}) {
    this.#writer = new Connection(path, false);
    prepareWriter?.(this.#writer);
    this.#reader = new Connection(path, true);
    this.#walPath = `${path}-wal`;
    this.#checkpointer = new Checkpointer({
      path,
      writer: this.#writer,
      limitBytes: walBytes,
      // A damaged disk refuses the next change.
      onError: (error) => this.#explain(error),
    });
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
    while (this.#busy) await nextTurn();
    this.#assertUsable();
    this.#busy = true;
    try {
      await this.#checkpointer.settled();
      this.#assertUsable();
      this.#writer.exec(`PRAGMA cache_size = -${LONG_CACHE_KIB}`);
      this.#writer.exec('BEGIN IMMEDIATE');
      const result = await work(this.#writer);
      await this.#flushAhead();
      this.#commit();
      await nextTurn();
      afterCommit(result);
      return result;
    } catch (error) {
      this.#rollBack();
      throw this.#closed ? stopping() : this.#explain(error);
    } finally {
      void this.#endLong();
    }
  }

  async writeLocal(work: (writer: Connection) => void): Promise<void> {
    await this.write(work, () => {});
  }

  /** There are none. */
  onOthers(): void {}

  /** Has the disk take what the log holds already, off the event loop: the commit then waits for its last pages alone. */
  async #flushAhead(): Promise<void> {
    try {
      await using log = await open(this.#walPath, 'r');
      await log.datasync();
    } catch {
      // It is the commit that makes sure, and says what is wrong.
    }
  }

  async #endLong(): Promise<void> {
    // After its caller has been answered.
    await nextTurn();
    if (!this.#closed) {
      this.#writer.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
      this.#checkpointer.committed();
      // Another long change may wait as well: the short ones come first.
      if (this.#jobs.length > 0) this.#commitBatch();
    }
    this.#busy = false;
    this.#schedule();
  }

  /** `last` is the last that the writer does. Idempotent. */
  async close(last: (writer: Connection) => void): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const job of this.#jobs.splice(0)) job.failed(stopping());
    // In one turn, to the end: a long change that goes on outside its transaction would be there in part.
    this.#rollBack();
    this.#reader.close();
    try {
      last(this.#writer);
    } finally {
      this.#writer.close();
    }
    await this.#checkpointer.close();
  }

  #schedule(): void {
    if (this.#scheduled || this.#busy || this.#jobs.length === 0) return;
    this.#scheduled = true;
    // After the present turn's input: requests that were read together share a commit.
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#busy) return;
      this.#commitBatch();
      this.#schedule();
    });
  }

  #commitBatch(): void {
    const taken: Job[] = [];
    const done: Job[] = [];
    const until = performance.now() + BATCH_MS;
    const take = () => {
      const job = this.#jobs.shift();
      if (job) taken.push(job);
      return job;
    };
    let job = take();
    try {
      this.#assertUsable();
      this.#writer.exec('BEGIN IMMEDIATE');
      while (job) {
        if (this.#attempt(job)) done.push(job);
        job = taken.length < MAX_BATCH && performance.now() < until ? take() : undefined;
      }
      this.#commit();
    } catch (error) {
      this.#rollBack();
      const explained = this.#explain(error);
      for (const job of taken) job.failed(explained);
      return;
    }
    for (const job of done) job.committed();
    this.#checkpointer.committed();
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
    if (this.#closed) throw stopping();
    if (this.#broken) throw this.#broken;
  }

  #explain(error: unknown): unknown {
    const explained = explainSqliteError(error);
    // After an I/O error nobody knows what is on the disk: what a second fsync says is no proof.
    if (explained instanceof FleetblockError && explained.code === 'DATA_LOSS') this.#broken = explained;
    return explained;
  }
}

function stopping(): FleetblockError {
  return new FleetblockError('UNAVAILABLE', 'the controller is stopping: try again');
}
