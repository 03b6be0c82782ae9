// A bounded set in order of arrival: when it is full, the oldest member leaves to make room.

/** `evict` is called after the member has left the set. */
export class OldestOut<T> {
  readonly #members = new Set<T>();
  readonly #limit: number;
  readonly #evict: (member: T) => void;

  constructor(limit: number, evict: (member: T) => void) {
    this.#limit = limit;
    this.#evict = evict;
  }

  get size(): number {
    return this.#members.size;
  }

  add(member: T): void {
    this.#members.add(member);
    for (const oldest of this.#members) {
      if (this.#members.size <= this.#limit) break;
      this.#members.delete(oldest);
      this.#evict(oldest);
    }
  }

  delete(member: T): boolean {
    return this.#members.delete(member);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#members.values();
  }
}
