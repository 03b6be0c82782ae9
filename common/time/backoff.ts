// Reconnect delays: exponential with full jitter, so that a fleet that lost its controller does not return in step.

/** How fast delays grow, and where they stop. */
export interface BackoffOptions {
  /** Upper bound of the first delay, milliseconds. Default 200. */
  readonly baseMs?: number;
  /** Upper bound of any delay, milliseconds. Default 10,000. */
  readonly maxMs?: number;
  /** Uniform in [0, 1). Default Math.random. */
  readonly random?: () => number;
}

/** Says how long to wait; the waiting is its caller's. */
export class Backoff {
  readonly #baseMs: number;
  #maxMs: number;
  readonly #random: () => number;
  #attempt = 0;

  constructor(options: BackoffOptions = {}) {
    this.#baseMs = options.baseMs ?? 200;
    this.#maxMs = options.maxMs ?? 10_000;
    this.#random = options.random ?? Math.random;
  }

  /** How long to wait before the next attempt, milliseconds: uniform in [0, min(max, base * 2^attempt)). */
  nextMs(): number {
    const bound = Math.min(this.#maxMs, this.#baseMs * 2 ** Math.min(this.#attempt, 30));
    this.#attempt++;
    return this.#random() * bound;
  }

  /** Another upper bound of any delay, milliseconds. */
  limit(maxMs: number): void {
    this.#maxMs = maxMs;
  }

  /** Call it on the first valid message from the peer, not on connect: a peer that accepts and drops is still failing. */
  reset(): void {
    this.#attempt = 0;
  }
}
