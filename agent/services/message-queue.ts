// What a stream brings, for one reader that takes message by message: as a readable's own iterator, but a message that somebody
// waits for goes to him at once. The stream is paused while as many wait as may.
import type { Readable } from 'node:stream';

/** Messages that may wait here; the stream holds a few more of its own. */
const AHEAD = 4;

type Result<T> = IteratorResult<T, undefined>;
const DONE = { done: true, value: undefined } as const;

export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #stream: Readable;
  readonly #waiting: T[] = [];
  #reader: { resolve: (result: Result<T>) => void; reject: (error: unknown) => void } | undefined;
  #end: { readonly error: unknown } | undefined;

  /** `stream`: of messages of type T. `explain`: what its error is to the reader. */
  constructor(stream: Readable, explain: (error: Error) => unknown) {
    this.#stream = stream;
    stream.on('data', (message: T) => this.#take(message));
    stream.on('error', (error: Error) => this.#finish(explain(error)));
    stream.on('end', () => this.#finish(undefined));
    stream.on('close', () => this.#finish(undefined));
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: () => this.#next(),
      return: () => {
        this.#waiting.length = 0;
        this.#stream.destroy();
        return Promise.resolve(DONE);
      },
    };
  }

  #next(): Promise<Result<T>> {
    const value = this.#waiting.shift();
    if (value !== undefined) {
      if (this.#stream.isPaused()) this.#stream.resume();
      return Promise.resolve({ done: false, value });
    }
    if (this.#end) return this.#end.error === undefined ? Promise.resolve(DONE) : Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  #take(value: T): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) reader.resolve({ done: false, value });
    else if (this.#waiting.push(value) >= AHEAD) this.#stream.pause();
  }

  #finish(error: unknown): void {
    if (this.#end) return;
    this.#end = { error };
    const reader = this.#reader;
    this.#reader = undefined;
    if (error === undefined) reader?.resolve(DONE);
    else reader?.reject(error);
  }
}
