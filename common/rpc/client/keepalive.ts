// Notices a connection that is open on this side only: when nothing came for a while HTTP/2 itself asks, and must be answered before
// the next look. Also while a session is busy and reads nothing.

/** Time between two looks, milliseconds: such a connection is given up after three of them at the latest. */
const LOOK_MS = 7500;

/** For one connection, from its start. `heard` whenever something arrives; `stop` when it closes. */
export class Keepalive {
  readonly #timer: NodeJS.Timeout;
  #heard = true;
  #asked = false;

  /** `ask`: sends a ping, whose answer calls its argument. `dead`: called once. */
  constructor(ask: (answered: () => void) => void, dead: () => void) {
    this.#timer = setInterval(() => {
      // When this process was delayed, the answer may be there already: it is read first.
      if (this.#asked && !this.#heard) setImmediate(() => this.#judge(dead));
      else this.#next(ask);
    }, LOOK_MS);
  }

  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #next(ask: (answered: () => void) => void): void {
    this.#asked = !this.#heard;
    this.#heard = false;
    if (this.#asked) ask(() => this.heard());
  }

  #judge(dead: () => void): void {
    if (this.#heard) return;
    this.stop();
    dead();
  }
}
