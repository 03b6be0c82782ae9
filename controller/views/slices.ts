// Long computations in slices of the event loop, one after the other: generators that yield where they may be paused. Short ones
// finish in the turn in which they were asked for, so that a single block never waits for a timer.

/** Longest time that a computation holds the event loop before others get a turn, milliseconds. */
const SLICE_MS = 4;

export type Slices = Generator<void, void, void>;

/** Rows to work on between two looks at the clock. */
export const ROWS_PER_STEP = 1024;

export class SliceQueue {
  readonly #waiting: Slices[] = [];
  readonly #nowMs: () => number;
  readonly #onError: (error: unknown) => void;
  #current: Slices | undefined;
  #closed = false;

  /** `nowMs` is a monotonic clock; `onError` is told what a computation threw. */
  constructor(nowMs: () => number, onError: (error: unknown) => void) {
    this.#nowMs = nowMs;
    this.#onError = onError;
  }

  /** Monotonic milliseconds. */
  get nowMs(): number {
    return this.#nowMs();
  }

  get idle(): boolean {
    return this.#current === undefined && this.#waiting.length === 0;
  }

  /** Runs now when nothing is before it, else in its turn. */
  run(work: Slices): void {
    if (this.#closed) return;
    this.#waiting.push(work);
    if (this.#current === undefined) this.#drive();
  }

  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
  }

  #drive(): void {
    const until = this.#nowMs() + SLICE_MS;
    for (;;) {
      if (this.#closed) return;
      this.#current ??= this.#waiting.shift();
      if (this.#current === undefined) return;
      if (this.#step(this.#current)) this.#current = undefined;
      if (this.#nowMs() < until) continue;
      if (this.idle) return;
      // Keeps `current` set (or the queue filled), so that nothing overtakes.
      this.#current ??= this.#waiting.shift();
      setImmediate(() => this.#drive());
      return;
    }
  }

  /** @returns true when it is done */
  #step(work: Slices): boolean {
    try {
      return work.next().done === true;
    } catch (error) {
      this.#onError(error);
      return true;
    }
  }
}
