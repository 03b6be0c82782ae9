// Sums over rows of a map that do not depend on their order: what a map holds is compared with what it should hold without looking any
// row up. 53 bits, not meant to withstand deliberate collisions: anyone who can write the maps could stop the agent as well.
import { RULE } from '../decision/layout.ts';

/** Rows may be added and taken out in any order: two sums are equal when the rows that remain are. */
export class RowSum {
  rows = 0;
  #low = 0;
  #high = 0;

  /** `count` rows, keys and values end to end; with -1 for `sign` they are taken out again. */
  add(keys: Uint8Array, keyBytes: number, values: Uint8Array, count: number, sign: 1 | -1 = 1): void {
    const keyWords = wordsOf(keys, count * keyBytes);
    const valueWords = wordsOf(values, count * RULE.bytes);
    const wordsAKey = keyBytes / 4;
    const wordsAValue = RULE.bytes / 4;
    let low = this.#low;
    let high = this.#high;
    for (let row = 0; row < count; row++) {
      let hash = 0x9e3779b1;
      for (let i = row * wordsAKey; i < (row + 1) * wordsAKey; i++) hash = mix(hash, keyWords[i] ?? 0);
      for (let i = row * wordsAValue; i < (row + 1) * wordsAValue; i++) hash = mix(hash, valueWords[i] ?? 0);
      low = (low + sign * hash) | 0;
      high = (high + sign * Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)) | 0;
    }
    this.#low = low;
    this.#high = high;
    this.rows += sign * count;
  }

  equals(other: RowSum): boolean {
    return this.rows === other.rows && this.#low === other.#low && this.#high === other.#high;
  }
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) | 0;
}

function wordsOf(bytes: Uint8Array, length: number): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, length / 4);
}
