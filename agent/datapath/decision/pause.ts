// Long work in slices: the event loop gets its turn in between.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 20;

export class Pacer {
  #since = performance.now();

  /** True when it is time to `await rest()`. Ask every few hundred microseconds of work. */
  get due(): boolean {
    return performance.now() - this.#since > SLICE_MS;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
