// The commits of one replica: changes that arrive together run in one local transaction, which is committed when etcd has taken them as the
// next record of the log. When another replica's record came first, that one is applied and they run again.
import { FleetblockError } from '../../../../common/errors.ts';
import { failpoint } from '../../../../common/failpoint.ts';
import type { StoreEvent } from '../../port/revisions.ts';
import { Checkpointer } from '../../sqlite/file/checkpointer.ts';
import type { Commits, Performed } from '../../sqlite/file/commits.ts';
import { Connection, explainSqliteError } from '../../sqlite/file/connection.ts';
import { SCHEMA_VERSION } from '../../sqlite/file/migrations.ts';
import { markClean } from '../../sqlite/file/open.ts';
import { Unreachable } from '../client/errors.ts';
import { type LogRecord, Overtaken, type ReplicatedLog } from '../log.ts';
import type { Tip } from '../record.ts';
import { encodeCommit } from './body.ts';
import { applyRecord, firstBody, isUnused, prepareView, readHeads, readTip, saveTip } from './view.ts';

/** Most changes of one record, and milliseconds after which it takes no more of them: bound how long the event loop is held. */
const MAX_BATCH = 128;
const BATCH_MS = 15;
/** Length of the write-ahead log from which it is moved to the main file. */
const WAL_BYTES = 4_120_000;

export interface ReplicaOptions {
  /** Of a database in WAL mode. */
  readonly path: string;
  readonly log: ReplicatedLog;
  /** For the connection that writes, before its first transaction. */
  readonly prepareWriter: (writer: Connection) => void;
  readonly walBytes?: number | undefined;
}

interface Job {
  /** Runs inside the transaction, maybe more than once; keeps its last result. */
  attempt(): Promise<StoreEvent | undefined> | StoreEvent | undefined;
  committed(): void;
  failed(error: unknown): void;
}

/** What an attempt of some jobs has led to, in an open transaction. */
interface Attempted {
  readonly done: readonly Job[];
  readonly failed: ReadonlyMap<Job, unknown>;
  readonly events: readonly StoreEvent[];
  /** A changeset. */
  readonly changes: Uint8Array;
}

export class ReplicatedCommits implements Commits {
  readonly reader: Connection;
  readonly #writer: Connection;
  readonly #log: ReplicatedLog;
  readonly #checkpointer: Checkpointer;
  readonly #stop = new AbortController();
  /** The last record that is in the file. */
  #tip: Tip;
  #listener: (event: StoreEvent) => void = () => {};
  #jobs: Job[] = [];
  #scheduled = false;
  /** The end of the queue for the writer. */
  #turn: Promise<void> = Promise.resolve();
  #following: Promise<void> = Promise.resolve();
  #closed = false;
  #broken: unknown;

  private constructor({ path, log, prepareWriter, walBytes = WAL_BYTES }: ReplicaOptions) {
    this.#log = log;
    this.#writer = new Connection(path, false);
    prepareView(this.#writer);
    prepareWriter(this.#writer);
    this.#tip = readTip(this.#writer);
    this.reader = new Connection(path, true);
    this.#checkpointer = new Checkpointer({
      path,
      writer: this.#writer,
      limitBytes: walBytes,
      onError: (error) => this.#break(explainSqliteError(error)),
    });
  }

  /**
   * Resolves when the file has what the log has. An empty log is begun.
   * @throws FleetblockError UNAVAILABLE (etcd does not answer), FAILED_PRECONDITION (see applyRecord; Trimmed), DATA_LOSS
   */
  static async open(options: ReplicaOptions): Promise<ReplicatedCommits> {
    const commits = new ReplicatedCommits(options);
    try {
      await commits.#begin();
    } catch (error) {
      await commits.close(markClean);
      throw error;
    }
    commits.#following = commits.#follow();
    return commits;
  }

  onOthers(listener: (event: StoreEvent) => void): void {
    this.#listener = listener;
  }

  write<T>(
    work: (writer: Connection) => Performed<T>,
    afterCommit: (performed: Performed<T>) => void,
  ): Promise<Performed<T>> {
    return new Promise((resolve, reject) => {
      this.#jobs.push(jobOf(() => work(this.#writer), afterCommit, resolve, reject));
      this.#schedule();
    });
  }

  writeLong<T>(
    work: (writer: Connection) => Promise<Performed<T>>,
    afterCommit: (performed: Performed<T>) => void,
  ): Promise<Performed<T>> {
    return new Promise((resolve, reject) => {
      const job = jobOf(() => work(this.#writer), afterCommit, resolve, reject);
      void this.#inTurn(() => this.#round([job]));
    });
  }

  writeLocal(work: (writer: Connection) => void): Promise<void> {
    return this.#inTurn(async () => {
      this.#assertUsable();
      work(this.#writer);
    });
  }

  async close(last: (writer: Connection) => void): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop.abort();
    for (const job of this.#jobs.splice(0)) job.failed(stopping());
    await this.#following;
    await this.#turn;
    this.reader.close();
    try {
      last(this.#writer);
    } finally {
      this.#writer.close();
    }
    await this.#checkpointer.close();
  }

  async #begin(): Promise<void> {
    await this.#catchUp();
    if (this.#tip.position > 0n) return;
    if (!isUnused(this.#writer))
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        'the data directory has a store of its own, and etcd has none: use an empty directory',
      );
    try {
      const tip = await this.#log.append(firstBody(this.#writer), this.#tip);
      saveTip(this.#writer, tip);
      this.#tip = tip;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      await this.#catchUp();
    }
  }

  async #follow(): Promise<void> {
    try {
      for await (const record of this.#log.follow(this.#tip, this.#stop.signal))
        await this.#inTurn(async () => {
          if (this.#closed) return;
          // After a commit that failed here, the file is further behind than the watch.
          if (record.position > this.#tip.position + 1n) await this.#catchUp();
          else this.#take(record);
        });
    } catch (error) {
      this.#break(error);
    }
  }

  async #catchUp(): Promise<void> {
    for await (const record of this.#log.read(this.#tip)) this.#take(record);
  }

  /** In one turn of the event loop. */
  #take(record: LogRecord): void {
    if (record.position <= this.#tip.position) return;
    let events: readonly StoreEvent[];
    // They cannot be switched within a transaction.
    this.#writer.exec('PRAGMA foreign_keys = OFF');
    try {
      this.#writer.exec('BEGIN IMMEDIATE');
      events = applyRecord(this.#writer, record);
      this.#writer.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw explainSqliteError(error);
    } finally {
      this.#writer.exec('PRAGMA foreign_keys = ON');
    }
    this.#tip = { position: record.position, id: record.id };
    for (const event of events) this.#listener(event);
    this.#checkpointer.committed();
  }

  #schedule(): void {
    if (this.#scheduled || this.#jobs.length === 0) return;
    this.#scheduled = true;
    // After the present turn's input: requests that were read together share a record.
    setImmediate(() => {
      void this.#inTurn(() => {
        this.#scheduled = false;
        return this.#round(this.#jobs.splice(0, MAX_BATCH));
      }).then(() => this.#schedule());
    });
  }

  /** Answers all of them, or puts some back. Never throws. */
  async #round(jobs: Job[]): Promise<void> {
    try {
      for (;;) {
        this.#assertUsable();
        const attempted = await this.#attempt(jobs);
        if (await this.#agreed(attempted)) return this.#answer(attempted);
        this.#rollBack();
        await this.#catchUp();
      }
    } catch (error) {
      this.#rollBack();
      // Those that wait would wait as long, one after the other.
      const waiting = error instanceof Unreachable ? this.#jobs.splice(0) : [];
      for (const job of [...jobs, ...waiting]) job.failed(explainSqliteError(error));
    }
  }

  /** Leaves the transaction open. */
  async #attempt(jobs: Job[]): Promise<Attempted> {
    const done: Job[] = [];
    const failed = new Map<Job, unknown>();
    const events: StoreEvent[] = [];
    const until = performance.now() + BATCH_MS;
    this.#writer.exec('BEGIN IMMEDIATE');
    const session = this.#writer.createSession();
    try {
      for (const [index, job] of jobs.entries()) {
        if (index > 0 && performance.now() > until) {
          this.#jobs.unshift(...jobs.splice(index));
          break;
        }
        this.#writer.exec('SAVEPOINT job');
        try {
          const event = await job.attempt();
          if (event) events.push(event);
          done.push(job);
        } catch (error) {
          // SQLite itself rolls back everything on a full disk and the like.
          if (!this.#writer.inTransaction) throw error;
          this.#writer.exec('ROLLBACK TO job');
          failed.set(job, error);
        }
        this.#writer.exec('RELEASE job');
      }
      return { done, failed, events, changes: session.changeset() };
    } finally {
      session.close();
    }
  }

  /** Asks etcd, and commits. @returns false when another record is next */
  async #agreed({ events, changes }: Attempted): Promise<boolean> {
    if (changes.length > 0) {
      const body = encodeCommit({
        schema: SCHEMA_VERSION,
        ...readHeads(this.#writer),
        events: events.map(({ hosts, ...event }) => ({ ...event, hostIds: hosts.map(({ id }) => id) })),
        changes,
      });
      let tip: Tip;
      try {
        tip = await this.#log.append(body, this.#tip);
      } catch (error) {
        if (error instanceof Overtaken) return false;
        throw error;
      }
      this.#commitAt(tip);
    } else this.#writer.exec('COMMIT');
    this.#checkpointer.committed();
    return true;
  }

  #commitAt(tip: Tip): void {
    try {
      failpoint('replica.agreed');
      saveTip(this.#writer, tip);
      this.#writer.exec('COMMIT');
      this.#tip = tip;
    } catch (error) {
      const why = new FleetblockError(
        'UNAVAILABLE',
        'the change was made, and this replica cannot store it: free space on its disk, and restart it',
        { cause: explainSqliteError(error) },
      );
      this.#break(why);
      throw why;
    }
  }

  #answer({ done, failed }: Attempted): void {
    for (const job of done) job.committed();
    for (const [job, error] of failed) job.failed(explainSqliteError(error));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #rollBack(): void {
    try {
      if (this.#writer.inTransaction) this.#writer.exec('ROLLBACK');
    } catch {
      // The transaction is gone either way: SQLite drops it with the connection.
    }
  }

  #break(error: unknown): void {
    this.#broken ??= error;
  }

  #assertUsable(): void {
    if (this.#closed) throw stopping();
    if (this.#broken) throw this.#broken;
  }
}

function jobOf<T>(
  perform: () => Promise<Performed<T>> | Performed<T>,
  afterCommit: (performed: Performed<T>) => void,
  resolve: (performed: Performed<T>) => void,
  failed: (error: unknown) => void,
): Job {
  let last: Performed<T> | undefined;
  return {
    async attempt() {
      last = await perform();
      return last.event;
    },
    committed() {
      if (!last) return;
      afterCommit(last);
      resolve(last);
    },
    failed,
  };
}

function stopping(): FleetblockError {
  return new FleetblockError('UNAVAILABLE', 'the controller is stopping: try again');
}
