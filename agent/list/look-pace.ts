// How often the kernel's maps are checked: often while it is cheap, and always often enough to find a change within 10 s.

/** The pause after a check, in multiples of the time that it took. */
const REST = 50;
/** With the look itself and the repair it stays within 10 s. */
const LONGEST_MS = 6000;

/** Rests 50 times as long as the last check took, so checks take 2 % of one processor at most until they are slower than 120 ms. */
export class LookPace {
  readonly #shortestMs: number;
  /** Until the next look. */
  nextMs: number;

  constructor(shortestMs: number) {
    this.#shortestMs = shortestMs;
    this.nextMs = shortestMs;
  }

  async measure(look: () => Promise<void>): Promise<void> {
    const started = performance.now();
    await look();
    const longest = Math.max(LONGEST_MS, this.#shortestMs);
    this.nextMs = Math.min(longest, Math.max(this.#shortestMs, (performance.now() - started) * REST));
  }
}
