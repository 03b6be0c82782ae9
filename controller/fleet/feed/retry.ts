// Gives a host that refused a revision another chance: after a while, or at the next change when that comes earlier. What is refused
// again and again is tried less and less often, unless it has become less: an attempt with a million rows keeps a host busy for seconds.
import type { SessionDeps } from '../host/session-deps.ts';

/** A host that refuses is not sent its whole view more often, milliseconds. */
const MIN_RETRY_MS = 1000;
/** The waits grow to this many times the first one. */
const MAX_GROWTH = 64;

/** Waits double from `retryMs` up to 64 times that; `again` runs at most once per `arm`. */
export class Retry {
  readonly #deps: Pick<SessionDeps, 'monotonicMs' | 'retryMs'>;
  readonly #again: () => void;
  #timer: NodeJS.Timeout | undefined;
  #armedAtMs = 0;
  #refusals = 0;

  constructor(deps: Pick<SessionDeps, 'monotonicMs' | 'retryMs'>, again: () => void) {
    this.#deps = deps;
    this.#again = again;
  }

  arm(): void {
    this.clear();
    this.#armedAtMs = this.#deps.monotonicMs();
    this.#refusals++;
    this.#timer = setTimeout(() => this.#now(), this.#deps.retryMs * this.#growth);
  }

  /** Whether it waits to try again. */
  get armed(): boolean {
    return this.#timer !== undefined;
  }

  /**
   * There is a change: not armed, nothing happens; armed a moment ago, it is tried as soon as it may be. `soon`: what was refused before
   * is less now.
   */
  chance(soon: boolean): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    const waitMs = MIN_RETRY_MS * (soon ? 1 : this.#growth) - (this.#deps.monotonicMs() - this.#armedAtMs);
    if (waitMs <= 0) this.#now();
    else this.#timer = setTimeout(() => this.#now(), waitMs);
  }

  /** It was taken, or no longer matters. */
  reset(): void {
    this.clear();
    this.#refusals = 0;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #growth(): number {
    return Math.min(MAX_GROWTH, 2 ** (this.#refusals - 1));
  }

  #now(): void {
    this.clear();
    this.#again();
  }
}
