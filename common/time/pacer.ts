// Long work on the event loop, in slices: calls, timers and input get their turn in between.
import { setImmediate as immediate } from 'node:timers/promises';

/** Longest time that work blocks the event loop, milliseconds. */
const SLICE_MS = 10;

/** Resolves in the next turn of the event loop, after whatever had arrived or was due by then. */
export function nextTurn(): Promise<void> {
  return immediate();
}

/** Measures the slices of one long piece of work. */
export class Pacer {
  #since = performance.now();

  /** True when it is time to `await rest()`. In tight loops ask every few hundred microseconds of work. */
  get due(): boolean {
    return performance.now() - this.#since > SLICE_MS;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }

  /** Rests when it is due; bound, to be handed to those that do a part of the work. */
  readonly pause = async (): Promise<void> => {
    if (this.due) await this.rest();
  };
}
