// Calls that wait for hosts: how far each is, looked up by the id that went ahead of its answer.
import type { Revision } from '../../common/revision.ts';

/** Hosts that hold a change by now, of all that it is for. */
export interface Progress {
  readonly enforced: number;
  readonly targeted: number;
}

/** Told once a change is committed and its hosts are waited for. */
export type OnWaiting = (revision: Revision, progress: () => Progress) => void;

/** For `CheckWait`. Ids are numbers as text and restart with the process. */
export class UnderWay {
  readonly #waits = new Map<string, () => Progress>();
  #last = 0;

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
