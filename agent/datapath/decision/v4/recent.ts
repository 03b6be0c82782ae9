// The generation of the addresses that processors remember having dropped (fb_v4_recent, bpf/layout.h). A change that takes bits
// away begins a new one, before it is acknowledged; then nothing is dropped from memory that the bits do not say any more.
import { CONTROL, RECENT_GENERATIONS } from '../layout.ts';

export interface V4RecentOptions {
  /** The words of fb_control. */
  readonly control: Uint32Array<ArrayBuffer>;
  /** Empties every place of every processor. */
  readonly clear: () => void;
  readonly gracePeriod: () => Promise<void>;
  /** Hears of a grace period or a clearing that failed: it then stays off. */
  readonly failed: (error: unknown) => void;
}

export class V4Recent {
  readonly #options: V4RecentOptions;
  #pending: Promise<void> | undefined;
  #again = false;

  /** An agent before us may have been killed between taking bits away and telling: nothing counts that is there. */
  constructor(options: V4RecentOptions) {
    this.#options = options;
    this.forget();
  }

  /** No packet that comes from now on is dropped for what was remembered before. */
  forget(): void {
    this.#step();
    // A processor that may load out of order can have read the new number and then old bits: once more when that run has ended.
    this.#again = true;
    this.#pending ??= this.#settle();
  }

  /** Resolves when nothing is under way in the maps' memory. */
  async settled(): Promise<void> {
    await this.#pending;
  }

  #step(): number {
    const { control } = this.#options;
    const generation = Atomics.load(control, CONTROL.v4Recent);
    // Off already, or out of numbers: off until the places are empty.
    const next = generation === 0 || generation + 1 >= RECENT_GENERATIONS ? 0 : generation + 1;
    Atomics.store(control, CONTROL.v4Recent, next);
    return next;
  }

  async #settle(): Promise<void> {
    const { control, clear, gracePeriod, failed } = this.#options;
    try {
      while (this.#again) {
        this.#again = false;
        await gracePeriod();
        if (Atomics.load(control, CONTROL.v4Recent) === 0) {
          clear();
          Atomics.store(control, CONTROL.v4Recent, 1);
        } else if (this.#step() === 0) this.#again = true;
      }
    } catch (error) {
      failed(error);
    } finally {
      this.#pending = undefined;
    }
  }
}
