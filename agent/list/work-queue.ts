// Work that is done one piece after another. Long comparisons leave their turn to what waits behind them.

/** How often in a row; then waiting work gets its turn. */
const TIMES_TO_GIVE_WAY = 3;

/** A piece that fails does not stop those behind it: its error is the caller's. */
export class WorkQueue {
  #last: Promise<unknown> = Promise.resolve();
  /** Pieces that wait or are under way. */
  #length = 0;
  readonly #ended = () => {
    this.#length--;
  };

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#length++;
    const done = this.#last.then(work);
    this.#last = done.then(this.#ended, this.#ended);
    return done;
  }

  /**
   * Runs work that can be restarted. It asks `hurried` every few milliseconds as long as it has changed nothing; once that returns true it
   * must stop: its result is dropped, and it runs again behind the work that waited.
   */
  async runGivingWay<T>(work: (hurried: () => boolean) => Promise<T>): Promise<T> {
    for (let times = 0; ; times++) {
      let gaveWay = false;
      const done = await this.run(() =>
        work(() => {
          gaveWay ||= times < TIMES_TO_GIVE_WAY && this.#length > 1;
          return gaveWay;
        }),
      );
      if (!gaveWay) return done;
    }
  }
}
