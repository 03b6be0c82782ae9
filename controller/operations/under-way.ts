// Calls that are carried out, also when their callers have gone: how many each caller has, and how far those are that wait for hosts,
// looked up by the id that went ahead of the answer.
import { FleetblockError } from '../../common/errors.ts';
import type { Revision } from '../../common/revision.ts';

/** Hosts that hold a change by now, of all that it is for. */
export interface Progress {
  readonly enforced: number;
  readonly targeted: number;
}

/** Told once a change is committed and its hosts are waited for. */
export type OnWaiting = (revision: Revision, progress: () => Progress) => void;

/** Calls of one caller. As many as it may have connections. */
const AT_ONCE = 256;

/** Ids, for `CheckWait`, are numbers as text and restart with the process. */
export class UnderWay {
  readonly #waits = new Map<string, () => Progress>();
  readonly #calls = new Map<string, number>();
  #last = 0;

  /** A call of `actor` begins. @returns what ends it, to be called once. @throws FleetblockError RESOURCE_EXHAUSTED: it has too many already */
  begin(actor: string): () => void {
    const before = this.#calls.get(actor) ?? 0;
    if (before >= AT_ONCE)
      throw new FleetblockError(
        'RESOURCE_EXHAUSTED',
        `${AT_ONCE} calls of ${actor} are under way, those included that were given up: wait for some of them to end`,
      );
    this.#calls.set(actor, before + 1);
    return () => {
      const left = (this.#calls.get(actor) ?? 0) - 1;
      if (left > 0) this.#calls.set(actor, left);
      else this.#calls.delete(actor);
    };
  }

  /** @returns its id */
  add(progress: () => Progress): string {
    const id = String(++this.#last);
    this.#waits.set(id, progress);
    return id;
  }

  delete(id: string): void {
    this.#waits.delete(id);
  }

  /** Undefined: it is over, or never was. */
  progress(id: string): Progress | undefined {
    return this.#waits.get(id)?.();
  }
}
