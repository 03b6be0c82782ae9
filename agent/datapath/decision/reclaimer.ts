// Returns memory that packets may still be reading to its pool after a grace period, which no acknowledgement waits for.
import { Pacer } from '../../../common/time/pacer.ts';
import type { Garbage } from './v4/change.ts';

const PIECES_BETWEEN_LOOKS = 1024;

/** One grace period serves all garbage that was added before it began. */
export class Reclaimer {
  readonly #gracePeriod: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #waiting: Garbage[] = [];
  #running: Promise<void> | undefined;

  /** `failed` is called when waiting for a grace period failed: the memory then stays taken until the next one. */
  constructor(gracePeriod: () => Promise<void>, failed: (error: unknown) => void) {
    this.#gracePeriod = gracePeriod;
    this.#failed = failed;
  }

  /** Takes memory that no block refers to any more. */
  add(garbage: readonly Garbage[]): void {
    const some = garbage.filter(({ pieces }) => pieces.length > 0);
    if (some.length === 0) return;
    this.#waiting.push(...some);
    this.#running ??= this.#run();
  }

  /** Resolves when everything added has been freed (or could not be); undefined when nothing is pending. */
  drained(): Promise<void> | undefined {
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        try {
          await this.#gracePeriod();
        } catch (error) {
          this.#waiting.unshift(...batch);
          throw error;
        }
        await release(batch);
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#running = undefined;
    }
  }
}

async function release(batch: readonly Garbage[]): Promise<void> {
  const pacer = new Pacer();
  for (const { pool, pieces } of batch) {
    for (let i = 0; i < pieces.length; i += 2) {
      if (i % PIECES_BETWEEN_LOOKS === 0 && pacer.due) await pacer.rest();
      pool.release(pieces[i] ?? 0, pieces[i + 1] ?? 0);
    }
  }
}
