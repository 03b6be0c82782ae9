// Whose turn it is: each member once per period, spread over all of it, so that work for a thousand hosts never comes in one burst
// between an operator's command and its proof.

/** Steps of a period. */
const STEPS = 20;

/** One timer for all members, with 20 steps in a period. `close` stops it. */
export class Rota<T> {
  /** In the order of their turns. */
  readonly #members = new Set<T>();
  readonly #work: (member: T) => void;
  readonly #timer: NodeJS.Timeout;
  /** Turns that are due, times STEPS: in whole numbers, so that nothing is lost to rounding. */
  #due = 0;

  /** Calls `work` for every member once in `periodMs`. `work` may remove members. */
  constructor(periodMs: number, work: (member: T) => void) {
    this.#work = work;
    this.#timer = setInterval(() => this.#step(), periodMs / STEPS);
  }

  /** Its first turn comes within a period. */
  add(member: T): void {
    this.#members.add(member);
  }

  /** A missing member is no error. */
  delete(member: T): void {
    this.#members.delete(member);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#members.clear();
  }

  #step(): void {
    this.#due += this.#members.size;
    let turns = Math.floor(this.#due / STEPS);
    this.#due %= STEPS;
    for (const member of this.#members) {
      if (turns-- <= 0) return;
      this.#members.delete(member);
      this.#members.add(member);
      this.#work(member);
    }
  }
}
