// Token buckets by network address, or by name, in bounded memory.

import { networkOf } from '../../../common/net/network.ts';
import type { Clock } from '../../../common/time/clock.ts';

/** One bucket per address: `burst` is its size, `perSecond` what flows in. */
export interface RateLimitOptions {
  readonly clock: Clock;
  /** Attempts that an address may make at once. */
  readonly burst: number;
  /** Attempts that it gains per second. */
  readonly perSecond: number;
  /** Addresses remembered; beyond it the one longest unseen is forgotten. Default 4096. */
  readonly addresses?: number;
}

interface Bucket {
  level: number;
  atMs: number;
}

/** IPv6 addresses of one /64 share a bucket; see networkOf. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /**
   * Takes one attempt of an address, or of any other name. Of one that is worth several, `attempts`, the first must be left, and the
   * others are made up for afterwards.
   * @returns false when there was none left
   */
  take(address: string, attempts = 1): boolean {
    return this.#take(address, (level) => (level >= 1 ? attempts : 0)) > 0;
  }

  /** Takes as many attempts of an address as are left, and no more than `most`. @returns how many: whole ones */
  takeUpTo(address: string, most: number): number {
    return this.#take(address, (level) => Math.min(most, Math.floor(level)));
  }

  /** `takes`: how many of those that are left; a negative level has none. */
  #take(address: string, takes: (level: number) => number): number {
    const { clock, burst, perSecond } = this.#options;
    const key = networkOf(address);
    const now = clock.monotonicMs();
    const known = this.#buckets.get(key) ?? { level: burst, atMs: now };
    const level = Math.min(burst, known.level + ((now - known.atMs) / 1000) * perSecond);
    const taken = Math.max(0, takes(level));
    // Again at the end: the map's order is the order of last sight.
    this.#buckets.delete(key);
    this.#buckets.set(key, { level: level - taken, atMs: now });
    this.#forgetOldest();
    return taken;
  }

  /** Returns an attempt that turned out to be a good one. */
  giveBack(address: string): void {
    const bucket = this.#buckets.get(networkOf(address));
    if (bucket) bucket.level += 1;
  }

  /** Milliseconds until there are that many attempts, at most `burst`; 0: there are. */
  waitMs(address: string, attempts = 1): number {
    const { clock, perSecond } = this.#options;
    const known = this.#buckets.get(networkOf(address));
    if (!known) return 0;
    const missing = attempts - known.level - ((clock.monotonicMs() - known.atMs) / 1000) * perSecond;
    return Math.max(0, Math.ceil((missing / perSecond) * 1000));
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined && this.#buckets.size > (this.#options.addresses ?? 4096)) this.#buckets.delete(oldest);
  }
}
