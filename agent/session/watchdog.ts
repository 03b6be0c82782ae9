// Notices a peer that has gone silent. One timer per session, which reads the clock when it is due: messages do not touch it.

/** Armed from its construction until `stop`. Limits are in milliseconds. */
export class Watchdog {
  readonly #onSilence: () => void;
  #limitMs: number;
  #timer: NodeJS.Timeout;
  #heardMs = performance.now();
  #busy = false;
  #stopped = false;

  /** `onSilence` is called once, after `limitMs` in which neither `heard` was called nor the session was busy. */
  constructor(limitMs: number, onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#limitMs = limitMs;
    this.#timer = this.#arm(limitMs);
  }

  heard(): void {
    this.#heardMs = performance.now();
  }

  setLimit(limitMs: number): void {
    this.heard();
    if (limitMs === this.#limitMs) return;
    this.#limitMs = limitMs;
    clearTimeout(this.#timer);
    this.#timer = this.#arm(limitMs);
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
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(ms: number): NodeJS.Timeout {
    // When this process was delayed, what came meanwhile was not read yet: it is, before this is judged.
    return setTimeout(() => setImmediate(() => this.#judge()), ms);
  }

  #judge(): void {
    if (this.#stopped) return;
    const leftMs = this.#busy ? this.#limitMs : this.#heardMs + this.#limitMs - performance.now();
    if (leftMs <= 0) {
      this.#onSilence();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = this.#arm(Math.ceil(leftMs));
  }
}
