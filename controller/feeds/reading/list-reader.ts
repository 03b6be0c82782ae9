// Reads the lists of feeds beside the event loop: one thread, started by the first, ended when there is nothing to read for a while.
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FleetblockError } from '../../../common/errors.ts';
import type { ReadAnswer, ReadThis } from './messages.ts';
import type { Body, ReadList } from './read-body.ts';

/** An idle thread keeps tens of megabytes, milliseconds. */
const IDLE_MS = 30_000;

/** One per controller. */
export class ListReader {
  readonly #waiting = new Map<number, (answer: ReadAnswer) => void>();
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #ids = 0;
  #closed = false;

  /** @throws FleetblockError as readBody(); UNAVAILABLE: the thread ended meanwhile */
  async read(body: Body): Promise<ReadList> {
    if (this.#closed) throw new FleetblockError('ABORTED', 'the controller stops');
    clearTimeout(this.#idle);
    this.#thread ??= this.#start();
    const request: ReadThis = { id: ++this.#ids, body };
    const answer = await new Promise<ReadAnswer>((resolve) => {
      this.#waiting.set(request.id, resolve);
      this.#thread?.postMessage(request);
    });
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => void this.#thread?.terminate(), IDLE_MS).unref();
    if ('list' in answer) return answer.list;
    throw new FleetblockError(answer.code, answer.text);
  }

  /** What is being read ends with UNAVAILABLE. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(fileURLToPath(new URL(`./read-thread.${extension}`, import.meta.url)));
    thread.unref();
    thread.on('message', (answer: ReadAnswer) => this.#answered(answer));
    // Followed by its exit.
    thread.on('error', () => {});
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
      for (const id of [...this.#waiting.keys()])
        this.#answered({
          id,
          code: 'UNAVAILABLE',
          text: 'the thread that reads lists ended: it is too large to be read',
        });
    });
    return thread;
  }

  #answered(answer: ReadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    waiting?.(answer);
  }
}
