// Requests that came already: what was signed once is done once, for as long as its signature is good.
import { createHash } from 'node:crypto';
import { TryLater } from './try-later.ts';

/** For how long a signature is good, before and after its time, milliseconds: Standard Webhooks advises five minutes. */
export const WINDOW_MS = 300_000;
/** More in that time are no sender that we know. */
const MOST = 100_000;

interface Seen {
  readonly untilMs: number;
  readonly done: Promise<void>;
}

/** Of one webhook, in memory: what was signed before this controller began, it asks for again. */
export class Replays {
  /** By the hash of the id: an id is as long as its sender likes. */
  readonly #seen = new Map<string, Seen>();

  /** How many are remembered. */
  get size(): number {
    return this.#seen.size;
  }

  /**
   * Does it, unless it was done or is being done: then it waits for that. What failed may come again.
   * @param untilMs Unix milliseconds after which its signature is not good any more
   * @returns undefined: it was done before. @throws what `work` throws; TryLater: too many are remembered
   */
  async once<T>(name: string, untilMs: number, nowMs: number, work: () => Promise<T>): Promise<T | undefined> {
    this.#forget(nowMs);
    const id = createHash('sha256').update(name).digest('base64');
    const before = this.#seen.get(id);
    if (before) {
      // A retry has the same id and a new signature, which may be replayed as long as it is good.
      this.#seen.delete(id);
      this.#seen.set(id, { ...before, untilMs: Math.max(before.untilMs, untilMs) });
      await before.done;
      return undefined;
    }
    if (this.#seen.size >= MOST)
      throw new TryLater(
        'RESOURCE_EXHAUSTED',
        `more than ${MOST} requests in ${WINDOW_MS / 60_000} minutes`,
        WINDOW_MS,
      );
    const working = work();
    // Without what comes of it: answers are long.
    const done = working.then(() => {});
    done.catch(() => this.#seen.delete(id));
    this.#seen.set(id, { untilMs, done });
    return await working;
  }

  /** They are in order of arrival, and so nearly of their ends: one that is signed ahead of time keeps those behind it for a window more. */
  #forget(nowMs: number): void {
    for (const [id, { untilMs }] of this.#seen) {
      if (untilMs >= nowMs) return;
      this.#seen.delete(id);
    }
  }
}
