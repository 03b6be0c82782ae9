// A number of permits, given in the order asked: snapshots that are under way at once, so that a thousand hosts coming back together
// neither fill memory nor starve operators.

/** First come, first served; a waiter that releases before its turn leaves the queue. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  readonly #count: number;
  #free: number;

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** Granted and not released. */
  get used(): number {
    return this.#count - this.#free;
  }

  /**
   * Calls `granted` when a slot is free, at once if one is.
   * @returns (and gives to `granted`) what releases the slot or stops waiting. Idempotent.
   */
  acquire(granted: (release: () => void) => void): () => void {
    let state: 'waiting' | 'taken' | 'over' = 'waiting';
    const start = () => {
      state = 'taken';
      granted(release);
    };
    const release = () => {
      const was = state;
      state = 'over';
      if (was === 'waiting') this.#waiting.splice(this.#waiting.indexOf(start), 1);
      else if (was === 'taken') this.#passOn();
    };
    if (this.#free > 0) {
      this.#free--;
      start();
    } else this.#waiting.push(start);
    return release;
  }

  #passOn(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
