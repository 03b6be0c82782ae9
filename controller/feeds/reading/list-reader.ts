// Reads the lists of feeds beside the event loop: one thread, started by the first, ended when there is nothing to read for a while.
// A list that takes too long ends the thread, and only its own feed is told.
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FleetblockError } from '../../../common/errors.ts';
import { formatDuration } from '../../../common/text/duration.ts';
import { Slots } from '../../fleet/hub/slots.ts';
import { freeSlot } from '../free-slot.ts';
import type { ReadAnswer } from './messages.ts';
import type { Body, ReadList } from './read-body.ts';

/** An idle thread keeps tens of megabytes, milliseconds. */
const IDLE_MS = 30_000;
/** The longest list that there may be takes some seconds, milliseconds. */
const READ_MS = 60_000;
/** Of JavaScript objects, which a document of JSON becomes as a whole; rows are beside them. */
const MEMORY_MB = 1024;

/** One per controller. */
export class ListReader {
  /** A body and its rows are large: they are read one after the other. */
  readonly #turns = new Slots(1);
  readonly #closed = new AbortController();
  readonly #readMs: number;
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** `readMs`: the longest that one list may take, milliseconds. */
  constructor({ readMs = READ_MS }: { readonly readMs?: number } = {}) {
    this.#readMs = readMs;
  }

  /** @throws FleetblockError as readBody(); ABORTED, DEADLINE_EXCEEDED; UNAVAILABLE: the thread ended meanwhile */
  async read(body: Body, signal: AbortSignal): Promise<ReadList> {
    const stop = AbortSignal.any([signal, this.#closed.signal]);
    const release = await freeSlot(this.#turns, stop);
    clearTimeout(this.#idle);
    try {
      const answer = await this.#answerTo(body, stop);
      if ('list' in answer) return answer.list;
      throw new FleetblockError(answer.code, answer.text);
    } finally {
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
      release();
    }
  }

  /** What is being read, or waits for it, ends with ABORTED. */
  async close(): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#idle);
    await this.#end();
  }

  #answerTo(body: Body, stop: AbortSignal): Promise<ReadAnswer> {
    this.#thread ??= this.#start();
    const thread = this.#thread;
    return new Promise<ReadAnswer>((resolve, reject) => {
      const broken = (error: FleetblockError) => {
        void this.#end();
        over();
        reject(error);
      };
      const stopped = () => broken(new FleetblockError('ABORTED', 'the reading of its list was broken off'));
      const exited = () =>
        broken(
          new FleetblockError(
            'UNAVAILABLE',
            'the thread that reads lists ended: its list takes too much memory to read',
          ),
        );
      const answered = (answer: ReadAnswer) => {
        over();
        resolve(answer);
      };
      const late = setTimeout(
        () =>
          broken(
            new FleetblockError('DEADLINE_EXCEEDED', `its list could not be read in ${formatDuration(this.#readMs)}`),
          ),
        this.#readMs,
      );
      const over = () => {
        clearTimeout(late);
        stop.removeEventListener('abort', stopped);
        thread.off('message', answered).off('exit', exited);
      };
      thread.on('message', answered).on('exit', exited);
      stop.addEventListener('abort', stopped);
      // Also between its turn and this.
      if (stop.aborted) stopped();
      else thread.postMessage(body);
    });
  }

  /** The next list to read starts another thread, whatever becomes of this one. */
  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(fileURLToPath(new URL(`./read-thread.${extension}`, import.meta.url)), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    thread.unref();
    // Followed by its exit.
    thread.on('error', () => {});
    return thread;
  }
}
