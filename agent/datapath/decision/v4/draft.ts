// What the entries say about one IPv4 block, bit by bit, before it is encoded as a record.
import { setBits } from '../bits.ts';
import { BLOCK_ALLOWED, BLOCK_LOOKUP } from '../layout.ts';

/** Kinds of entries as the decision structure tells them apart. */
export const CLASS = {
  /** A block that neither ends nor only monitors: decided by bits. */
  plain: 0,
  /** A block that ends or only monitors: decided by look-up. */
  rule: 1,
  allow: 2,
} as const;

/** One of CLASS, as a number: bit (1 << class) marks a class in a set of them. */
export type EntryClass = (typeof CLASS)[keyof typeof CLASS];

const SLASH24_WORDS = 8;
const ALL = 0xffffffff;

/** The bits of one block and the covers of all of it. Reused from block to block: `clear` it in between. */
export class V4Draft {
  /** 256 bits per /24, 64 of them. Addresses in plain blocks; in blocks of any kind; in allow entries. */
  readonly plain = new Uint32Array(64 * SLASH24_WORDS);
  readonly listed = new Uint32Array(64 * SLASH24_WORDS);
  readonly allowed = new Uint32Array(64 * SLASH24_WORDS);
  /** /24s that have a bit, as two words of bits. */
  touchedLow = 0;
  touchedHigh = 0;

  // A bit (1 << class) for every entry that covers the whole block.
  #covers = 0;

  /** The flags that follow from the covers: of those entries, only plain ones are in the bits above. */
  get flags(): number {
    const has = (kind: EntryClass) => ((this.#covers >> kind) & 1) === 1;
    return (has(CLASS.rule) && !has(CLASS.plain) ? BLOCK_LOOKUP : 0) | (has(CLASS.allow) ? BLOCK_ALLOWED : 0);
  }

  /** An entry that covers the block: /24s `from` to `to` (inclusive) of it are being drafted. */
  cover(kind: EntryClass, from: number, to: number): void {
    this.#covers |= 1 << kind;
    if (kind === CLASS.plain) this.addWhole(from, to, kind);
  }

  clear(): void {
    this.#covers = 0;
    for (let half = 0; half < 2; half++) {
      for (let rest = half === 0 ? this.touchedLow : this.touchedHigh; rest !== 0; rest &= rest - 1) {
        const from = (half * 32 + 31 - Math.clz32(rest & -rest)) * SLASH24_WORDS;
        this.plain.fill(0, from, from + SLASH24_WORDS);
        this.listed.fill(0, from, from + SLASH24_WORDS);
        this.allowed.fill(0, from, from + SLASH24_WORDS);
      }
    }
    this.touchedLow = 0;
    this.touchedHigh = 0;
  }

  /** One address: /24 number `number` of the block, host octet `octet`. */
  addAddress(number: number, octet: number, kind: EntryClass): void {
    if (this.#isCovered(kind)) return;
    this.#touch(number);
    const word = number * SLASH24_WORDS + (octet >> 5);
    const bit = 1 << (octet & 31);
    if (kind === CLASS.allow) {
      this.allowed[word] = (this.allowed[word] ?? 0) | bit;
      return;
    }
    this.listed[word] = (this.listed[word] ?? 0) | bit;
    if (kind === CLASS.plain) this.plain[word] = (this.plain[word] ?? 0) | bit;
  }

  /** Addresses `from` to `to` (inclusive) of one /24. */
  addRange(number: number, from: number, to: number, kind: EntryClass): void {
    if (this.#isCovered(kind)) return;
    this.#touch(number);
    const offset = number * SLASH24_WORDS;
    if (kind === CLASS.allow) {
      setBits(this.allowed, offset, from, to);
      return;
    }
    setBits(this.listed, offset, from, to);
    if (kind === CLASS.plain) setBits(this.plain, offset, from, to);
  }

  /** /24s `from` to `to` (inclusive), all of each. */
  addWhole(from: number, to: number, kind: EntryClass): void {
    if (this.#isCovered(kind)) return;
    for (let number = from; number <= to; number++) this.#touch(number);
    const first = from * SLASH24_WORDS;
    const last = (to + 1) * SLASH24_WORDS;
    if (kind === CLASS.allow) {
      this.allowed.fill(ALL, first, last);
      return;
    }
    this.listed.fill(ALL, first, last);
    if (kind === CLASS.plain) this.plain.fill(ALL, first, last);
  }

  /** Look-ups for the whole block find it anyway. */
  #isCovered(kind: EntryClass): boolean {
    return kind !== CLASS.plain && ((this.#covers >> kind) & 1) === 1;
  }

  #touch(number: number): void {
    if (number < 32) this.touchedLow |= 1 << number;
    else this.touchedHigh |= 1 << (number & 31);
  }
}
