// Keeps the write-ahead log short without holding the event loop: most of it is moved to the main file by a thread, and what was
// committed meanwhile by the writer itself, so that the log restarts with the next commit instead of growing for ever.
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Connection } from './connection.ts';

const answerSchema = z.object({ error: z.string(), errcode: z.number() });

/** The log may grow past `limitBytes` while a long read or change is under way. */
export interface CheckpointerOptions {
  /** Of the database. */
  readonly path: string;
  readonly writer: Connection;
  /** Length of the log from which it is moved. */
  readonly limitBytes: number;
  /** The main file could not be written; what was committed is safe in the log. */
  readonly onError: (error: unknown) => void;
}

/** One per database. Takes over from SQLite, whose own checkpoints would run inside a commit. */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  #thread: Worker | undefined;
  #moving = false;
  #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    // Cut back to this when it restarts: while it is longer, its length says where its last commit ends.
    options.writer.exec(`PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ${options.limitBytes}`);
  }

  /** To be called after every commit, never inside a transaction. */
  committed(): void {
    if (this.#moving || this.#closed) return;
    const bytes = this.#logBytes();
    if (bytes > this.#options.limitBytes) this.#move(bytes);
  }

  /** Resolves when the thread is at rest. Large changes wait for it: one after the other, they would never let the log restart. */
  async settled(): Promise<void> {
    while (this.#moving && !this.#closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when the thread is gone. Idempotent. */
  async close(): Promise<void> {
    this.#end();
    const thread = this.#thread;
    if (!thread) return;
    this.#thread = undefined;
    const gone = new Promise((resolve) => thread.once('exit', resolve));
    thread.ref();
    thread.postMessage('end');
    await gone;
  }

  /** `bytes`: the length of the log. */
  #move(bytes: number): void {
    this.#thread ??= this.#start();
    this.#moving = true;
    this.#thread.once('message', (message) => {
      this.#moving = false;
      if (this.#closed) return;
      const { error, errcode } = answerSchema.parse(message);
      if (error === '') this.#moveRest(bytes);
      else this.#options.onError(Object.assign(new Error(error), { errcode }));
      this.#wake();
    });
    this.#thread.postMessage('move');
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(fileURLToPath(new URL(`./checkpoint-thread.${extension}`, import.meta.url)), {
      workerData: { path: this.#options.path },
    });
    thread.unref();
    thread.on('error', () => this.#doWithout());
    return thread;
  }

  /** What was committed since the log had the length `moved`. */
  #moveRest(moved: number): void {
    const { writer, limitBytes, onError } = this.#options;
    // A long change is under way: its commit comes by here.
    if (writer.inTransaction) return;
    const bytes = this.#logBytes();
    if (bytes - moved > limitBytes / 2) this.#move(bytes);
    else if (bytes > moved) {
      try {
        writer.exec('PRAGMA wal_checkpoint(PASSIVE)');
      } catch (error) {
        onError(error);
      }
    }
  }

  /** A thread that cannot live (no memory, no file): SQLite's own way, which holds the event loop, is better than a log without end. */
  #doWithout(): void {
    if (this.#closed) return;
    this.#end();
    this.#thread = undefined;
    this.#options.writer.exec('PRAGMA wal_autocheckpoint = 1000');
  }

  #end(): void {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #logBytes(): number {
    return statSync(`${this.#options.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
