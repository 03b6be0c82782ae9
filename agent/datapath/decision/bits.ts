// Bit operations on 32-bit words that JavaScript lacks.

/** Set bits. */
export function popcount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Number of the lowest set bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Sets bits `from` to `to` (inclusive) of the bit string that begins at word `offset`. */
export function setBits(words: Uint32Array, offset: number, from: number, to: number): void {
  const first = from >> 5;
  const last = to >> 5;
  for (let i = first; i <= last; i++) {
    const low = i === first ? from & 31 : 0;
    const high = i === last ? to & 31 : 31;
    const mask = (0xffffffff >>> (31 - high + low)) << low;
    words[offset + i] = (words[offset + i] ?? 0) | mask;
  }
}

/** A growing list of 32-bit numbers, 4 bytes each. */
export class WordList {
  #words = new Uint32Array(64);
  length = 0;

  push(word: number): void {
    if (this.length === this.#words.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[this.length++] = word;
  }

  at(i: number): number {
    return this.#words[i] ?? 0;
  }

  /** Drops everything from `length` on. */
  cut(length: number): void {
    this.length = length;
  }

  /** The numbers as they are now; shares memory with the list. */
  view(): Uint32Array {
    return this.#words.subarray(0, this.length);
  }
}
