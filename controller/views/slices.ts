// Long computations in slices of the event loop, one after the other: generators that yield where they may be paused. Short ones
// finish in the turn in which they were asked for, so that a single block never waits for a timer.

/** Longest time that a computation blocks the event loop before others get a turn, milliseconds. */
const SLICE_MS = 4;

/** A computation that may be paused at every `yield`; where it yields a promise (`waitFor`), it goes on once that has resolved or rejected. */
export type Sliced<T> = Generator<void | Promise<void>, T, void>;
/** For computations that give nothing back. */
export type Slices = Sliced<void>;

/** What the promise resolves to, for computations in slices: nothing overtakes it meanwhile. @throws what it rejects with */
export function* waitFor<T>(promise: Promise<T>): Sliced<T> {
  let take = (): T => {
    throw new Error('the promise is still pending');
  };
  yield promise.then(
    (value) => {
      take = () => value;
    },
    (error: unknown) => {
      take = () => {
        throw error;
      };
    },
  );
  return take();
}

/** Rows to work on between two readings of the clock. */
export const ROWS_PER_STEP = 1024;

/** One at a time, in order, in slices of 4 ms. One that throws is given up, and the next begins. */
export class SliceQueue {
  readonly #waiting: Slices[] = [];
  readonly #nowMs: () => number;
  readonly #onError: (error: unknown) => void;
  #current: Slices | undefined;
  #closed = false;

  /** `nowMs` is a monotonic clock; `onError` gets what a computation threw. */
  constructor(nowMs: () => number, onError: (error: unknown) => void) {
    this.#nowMs = nowMs;
    this.#onError = onError;
  }

  /** Monotonic milliseconds. */
  get nowMs(): number {
    return this.#nowMs();
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

  #drive(until = this.#nowMs() + SLICE_MS): void {
    for (;;) {
      if (this.#closed) return;
      // Stays set over every pause, so that nothing overtakes.
      this.#current ??= this.#waiting.shift();
      if (this.#current === undefined) return;
      if (this.#nowMs() >= until) {
        setImmediate(() => this.#drive());
        return;
      }
      const pending = this.#step(this.#current);
      if (pending) {
        void pending.then(() => this.#drive(until));
        return;
      }
    }
  }

  /** @returns what it waits for before its next step */
  #step(work: Slices): Promise<void> | undefined {
    try {
      const { done, value } = work.next();
      if (!done) return value ?? undefined;
    } catch (error) {
      this.#onError(error);
    }
    this.#current = undefined;
    return undefined;
  }
}
