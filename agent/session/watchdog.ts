// Notices a peer that has gone silent. One timer a session, moved on rather than made anew for every message.

export class Watchdog {
  readonly #onSilence: () => void;
  #limitMs: number;
  #timer: NodeJS.Timeout;
  #busy = false;

  /** `onSilence` is called once, after `limitMs` in which neither `heard` was called nor the session was busy. */
  constructor(limitMs: number, onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#limitMs = limitMs;
    this.#timer = this.#arm();
  }

  heard(): void {
    this.#timer.refresh();
  }

  setLimit(limitMs: number): void {
    if (limitMs === this.#limitMs) {
      this.heard();
      return;
    }
    this.#limitMs = limitMs;
    clearTimeout(this.#timer);
    this.#timer = this.#arm();
  }

  /** While a change is applied nothing is read: that silence is this side's own. */
  async whileBusy<T>(work: () => Promise<T>): Promise<T> {
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
      this.heard();
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => {
      if (this.#busy) this.#timer.refresh();
      else this.#onSilence();
    }, this.#limitMs);
  }
}
