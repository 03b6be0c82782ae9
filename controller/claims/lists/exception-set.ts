// The exceptions of a list as sorted, disjoint prefixes: does a row meet one, and what is left of a row without them.
import { addressBytes } from '../../../common/entries/packed.ts';
import { covers, type Family, familyBits, type Prefix } from '../../../common/text/prefix.ts';

/** Made from what is stored, and never changed. */
export class ExceptionSet {
  readonly #v4: FamilyExceptions;
  readonly #v6: FamilyExceptions;

  constructor(prefixes: readonly Prefix[]) {
    this.#v4 = new FamilyExceptions(4, prefixes);
    this.#v6 = new FamilyExceptions(6, prefixes);
  }

  family(family: Family): FamilyExceptions {
    return family === 4 ? this.#v4 : this.#v6;
  }
}

/** Answers by binary search: it is asked for every row of a list. */
export class FamilyExceptions {
  readonly #family: Family;
  readonly #width: number;
  /** Sorted; what another one covers is left out. Network byte order. */
  readonly #addresses: Uint8Array;
  readonly #lengths: Uint8Array;
  readonly #count: number;

  constructor(family: Family, prefixes: readonly Prefix[]) {
    const sorted = prefixes
      .filter((prefix) => prefix.family === family)
      .sort((a, b) => Buffer.compare(a.address, b.address) || a.length - b.length);
    const disjoint: Prefix[] = [];
    for (const prefix of sorted) {
      const last = disjoint.at(-1);
      if (!last || !covers(last, prefix)) disjoint.push(prefix);
    }
    this.#family = family;
    this.#width = addressBytes(family);
    this.#count = disjoint.length;
    this.#addresses = Uint8Array.from(disjoint.flatMap(({ address }) => [...address]));
    this.#lengths = Uint8Array.from(disjoint, ({ length }) => length);
  }

  /** One of them is inside the prefix, covers it or is it. `addresses`: network byte order, the prefix's at `offset`. */
  meets(addresses: Uint8Array, offset: number, length: number): boolean {
    if (this.#count === 0) return false;
    const at = this.#firstFrom(addresses, offset, 0, this.#count);
    return this.#shares(at, addresses, offset, length) || this.#shares(at - 1, addresses, offset, length);
  }

  /** One of them is the prefix or covers it. */
  cover(addresses: Uint8Array, offset: number, length: number): boolean {
    const at = this.#firstFrom(addresses, offset, 0, this.#count);
    return [at, at - 1].some(
      (row) => (this.#lengths[row] ?? length + 1) <= length && this.#shares(row, addresses, offset, length),
    );
  }

  /** The fewest prefixes that make up all of the prefix but its exceptions. */
  *rest(prefix: Prefix): Generator<Prefix> {
    const from = this.#firstFrom(prefix.address, 0, 0, this.#count);
    if (this.#shares(from - 1, prefix.address, 0, prefix.length)) return;
    yield* this.#rest(prefix, from, this.#endOf(prefix, from));
  }

  /** `from` to `to`: the exceptions inside the prefix. */
  *#rest(prefix: Prefix, from: number, to: number): Generator<Prefix> {
    if (from === to) {
      yield prefix;
      return;
    }
    if ((this.#lengths[from] ?? 0) <= prefix.length) return;
    const length = prefix.length + 1;
    // Not `slice`: of a Buffer it would be the same memory.
    const right = { family: this.#family, address: Uint8Array.from(prefix.address), length };
    right.address[prefix.length >> 3] = (right.address[prefix.length >> 3] ?? 0) | (0x80 >> (prefix.length & 7));
    const middle = this.#firstFrom(right.address, 0, from, to);
    yield* this.#rest({ ...prefix, length }, from, middle);
    yield* this.#rest(right, middle, to);
  }

  #endOf(prefix: Prefix, from: number): number {
    let to = this.#count;
    let low = from;
    while (low < to) {
      const middle = (low + to) >> 1;
      if (this.#shares(middle, prefix.address, 0, prefix.length)) low = middle + 1;
      else to = middle;
    }
    return to;
  }

  /** Between `low` and `high`, the first that begins at the address or after it. */
  #firstFrom(addresses: Uint8Array, offset: number, low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(middle, addresses, offset) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(row: number, addresses: Uint8Array, offset: number): number {
    for (let i = 0; i < this.#width; i++) {
      const difference = (this.#addresses[row * this.#width + i] ?? 0) - (addresses[offset + i] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** One of the two prefixes covers the other. */
  #shares(row: number, addresses: Uint8Array, offset: number, length: number): boolean {
    if (row < 0 || row >= this.#count) return false;
    const bits = Math.min(length, this.#lengths[row] ?? familyBits(this.#family));
    const start = row * this.#width;
    const whole = bits >> 3;
    for (let i = 0; i < whole; i++) if (this.#addresses[start + i] !== addresses[offset + i]) return false;
    const rest = bits & 7;
    if (rest === 0) return true;
    const differing = (this.#addresses[start + whole] ?? 0) ^ (addresses[offset + whole] ?? 0);
    return (differing & (0xff << (8 - rest)) & 0xff) === 0;
  }
}
