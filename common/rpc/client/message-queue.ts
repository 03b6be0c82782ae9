// What a stream brings, for one reader that takes message by message; one that a reader waits for goes to it at once. The stream is
// paused while as many wait as may.

/** Messages that may wait here; the stream holds a few more of its own. */
const AHEAD = 4;

/** The stream behind it. */
export interface Source {
  pause(): void;
  resume(): void;
  /** Nobody reads any more. */
  destroy(): void;
}

type Result<T> = IteratorResult<T, undefined>;
const DONE = { done: true, value: undefined } as const;

/** To be iterated once: leaving the iteration destroys the source. */
export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #source: Source;
  readonly #waiting: T[] = [];
  #paused = false;
  #reader: { resolve: (result: Result<T>) => void; reject: (error: unknown) => void } | undefined;
  #end: { readonly error: unknown } | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** How many are here already. */
  get waiting(): number {
    return this.#waiting.length;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: () => this.#next(),
      return: () => {
        this.#waiting.length = 0;
        this.#source.destroy();
        return Promise.resolve(DONE);
      },
    };
  }

  push(message: T): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) reader.resolve({ done: false, value: message });
    else if (this.#waiting.push(message) >= AHEAD && !this.#paused) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** No more come: what waits is still given, then the error is thrown, if there is one. Idempotent. */
  finish(error: unknown): void {
    if (this.#end) return;
    this.#end = { error };
    const reader = this.#reader;
    this.#reader = undefined;
    if (error === undefined) reader?.resolve(DONE);
    else reader?.reject(error);
  }

  #next(): Promise<Result<T>> {
    const value = this.#waiting.shift();
    if (value !== undefined) {
      if (this.#paused) {
        this.#paused = false;
        this.#source.resume();
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.#end) return this.#end.error === undefined ? Promise.resolve(DONE) : Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }
}
