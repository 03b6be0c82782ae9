// The generation of the addresses that processors remember having dropped (fb_v4_recent, bpf/layout.h). A change that takes bits
// away begins a new one before it is acknowledged; from then on nothing is dropped from memory that the bits no longer drop.
import { CONTROL, RECENT_GENERATIONS } from '../layout.ts';

/** What it needs of the maps and the kernel. */
export interface V4RecentOptions {
  /** The words of fb_control. */
  readonly control: Uint32Array<ArrayBuffer>;
  /** Empties every slot of every processor. */
  readonly clear: () => void;
  readonly gracePeriod: () => Promise<void>;
  /** Called when a grace period or a clearing fails: the memory then stays off. */
  readonly failed: (error: unknown) => void;
}

/** Turns the memory off when generations run out, until all slots are cleared and a grace period is over. */
export class V4Recent {
  readonly #options: V4RecentOptions;
  #pending: Promise<void> | undefined;
  #again = false;

  /** A previous agent may have been killed between clearing bits and starting a generation: nothing remembered counts. */
  constructor(options: V4RecentOptions) {
    this.#options = options;
    this.forget();
  }

  /** From now on no packet is dropped because of what was remembered before. */
  forget(): void {
    this.#step();
    // A processor that loads out of order may have read the new number and then old bits: again once that run has ended.
    this.#again = true;
    this.#pending ??= this.#finish();
  }

  /** Resolves when nothing uses the maps' memory any more. */
  async idle(): Promise<void> {
    await this.#pending;
  }

  #step(): number {
    const { control } = this.#options;
    const generation = Atomics.load(control, CONTROL.v4Recent);
    // Off already, or out of numbers: off until the slots are empty.
    const next = generation === 0 || generation + 1 >= RECENT_GENERATIONS ? 0 : generation + 1;
    Atomics.store(control, CONTROL.v4Recent, next);
    return next;
  }

  async #finish(): Promise<void> {
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
