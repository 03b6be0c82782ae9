// How a change is made: one transaction (or a savepoint in a shared one), one revision at most, history with it; a dry run does
// everything and is then rolled back.

import { atOnce, type Steps, withPauses } from '../../claims/steps.ts';
import type { StoreEvent } from '../port/revisions.ts';
import type { Commits, Performed } from './file/commits.ts';
import type { Connection } from './file/connection.ts';
import { HistoryBounds, Transaction } from './transaction.ts';

/** `wallMs`: the store's steady clock, Unix milliseconds. */
export interface WritingOptions {
  readonly db: Commits;
  readonly wallMs: () => number;
  /** Revisions of history that are kept at least. */
  readonly keepRevisions: bigint;
  /** Called after the commit and before the caller is answered, in the order of commits. */
  readonly publish: (event: StoreEvent) => void;
}

/** Rolls a dry run back. */
const REHEARSED = new Error('dry run');

/** `change` for what fits one turn of the event loop, `changeInSteps` for what may need pauses. */
export class Writing {
  readonly #options: WritingOptions;
  readonly #history: HistoryBounds;

  constructor(options: WritingOptions) {
    this.#options = options;
    this.#history = new HistoryBounds(options.keepRevisions);
  }

  async change<T>(work: (tx: Transaction) => T, dryRun = false): Promise<T> {
    const { result } = await this.#options.db.write(
      (writer) => (dryRun ? this.#rehearse(writer, work) : this.#perform(writer, work)),
      (performed) => this.#publish(performed),
    );
    return result;
  }

  /** `many`: over many turns of the event loop, and in a commit of its own. */
  async changeInSteps<T>(work: (tx: Transaction) => Steps<T>, many: boolean, dryRun = false): Promise<T> {
    if (!many) return this.change((tx) => atOnce(work(tx)), dryRun);
    const rehearsed: T[] = [];
    try {
      const { result } = await this.#options.db.writeLong(
        async (writer): Promise<Performed<T>> => {
          const tx = new Transaction(writer, this.#options.wallMs());
          const done = await withPauses(work(tx));
          if (!dryRun) return this.#finished(writer, tx, done);
          rehearsed.push(done);
          throw REHEARSED;
        },
        (performed) => this.#publish(performed),
      );
      return result;
    } catch (error) {
      const [answer] = rehearsed;
      if (error === REHEARSED && answer !== undefined) return answer;
      throw error;
    }
  }

  #perform<T>(writer: Connection, work: (tx: Transaction) => T): Performed<T> {
    const tx = new Transaction(writer, this.#options.wallMs());
    return this.#finished(writer, tx, work(tx));
  }

  #finished<T>(writer: Connection, tx: Transaction, result: T): Performed<T> {
    const event = tx.finish();
    if (event) this.#history.apply(writer, event.revision, tx.historyRows);
    return { result, event };
  }

  #rehearse<T>(writer: Connection, work: (tx: Transaction) => T): Performed<T> {
    writer.exec('SAVEPOINT rehearsal');
    try {
      return { result: this.#perform(writer, work).result, event: undefined };
    } finally {
      if (writer.inTransaction) {
        writer.exec('ROLLBACK TO rehearsal');
        writer.exec('RELEASE rehearsal');
      }
    }
  }

  #publish({ event }: Performed<unknown>): void {
    if (event) this.#options.publish(event);
  }
}
