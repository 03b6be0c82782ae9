// Gives a host that refused a revision another chance: after a while, or at the next change when that comes earlier.
import type { SessionContext } from './session-context.ts';

/** A host that refuses is not sent its whole view more often, milliseconds. */
const MIN_RETRY_MS = 1000;

export class Retry {
  readonly #context: Pick<SessionContext, 'monotonicMs' | 'retryMs'>;
  readonly #again: () => void;
  #timer: NodeJS.Timeout | undefined;
  #armedAtMs = 0;

  constructor(context: Pick<SessionContext, 'monotonicMs' | 'retryMs'>, again: () => void) {
    this.#context = context;
    this.#again = again;
  }

  arm(): void {
    this.clear();
    this.#armedAtMs = this.#context.monotonicMs();
    this.#timer = setTimeout(() => this.#now(), this.#context.retryMs);
  }

  /** There is a change: not armed, nothing happens; armed a moment ago, it is tried as soon as it may be. */
  chance(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    const waitedMs = this.#context.monotonicMs() - this.#armedAtMs;
    if (waitedMs >= MIN_RETRY_MS) this.#now();
    else this.#timer = setTimeout(() => this.#now(), MIN_RETRY_MS - waitedMs);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #now(): void {
    this.clear();
    this.#again();
  }
}
