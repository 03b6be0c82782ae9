// One change of the IPv4 decision structure. Blocks are rewritten one by one, each with one atomic store that packets see;
// what was there stays in memory until the change is whole, so that it can be taken back.
import { lowestBit, popcount, WordList } from './bits.ts';
import { LEAF, LEAF_KIND_SHIFT, LEAF_POSITION, PAGE_UNITS, RECORD, UNIT_WORDS } from './layout.ts';
import type { Pool } from './pool.ts';
import type { V4Draft } from './v4-draft.ts';
import { bitmapUnits, lookupPairLeaf, recordUnits, SHARED, type SharedRecord, type V4Memory } from './v4-memory.ts';

/** Pieces that no block names any more: to be released after a grace period. */
export interface Garbage {
  readonly pool: Pool;
  /** Position, units, position, units ... */
  readonly pieces: Uint32Array;
}

/** The structure has no room; nothing of the block was changed. */
export const FULL = -1;

// What #encode makes of a /24, beside a leaf word (0 and up).
const NONE = -1;
const WHOLE = -2;
const NO_ROOM = -3;
const DIFFERENT = -4;

export class V4Change {
  readonly #memory: V4Memory;
  readonly #dry: boolean;
  // Block, its record before.
  readonly #journal = new WordList();
  readonly #freshRecords = new WordList();
  readonly #freshBitmaps = new WordList();
  readonly #staleRecords = new WordList();
  readonly #staleBitmaps = new WordList();
  readonly #leaves = new Uint32Array(64);
  readonly #old = new Uint32Array(4);
  readonly #new = new Uint32Array(4);

  /** `dry`: only compares. */
  constructor(memory: V4Memory, dry = false) {
    this.#memory = memory;
    this.#dry = dry;
  }

  /** Blocks that were rewritten. */
  get blocks(): number {
    return this.#journal.length / 2;
  }

  /**
   * Makes the block say what the draft says about those of its /24s that are set in the two words; the rest stays.
   * @returns how many /24s it decides differently now, or FULL
   */
  write(block: number, draft: V4Draft, dirtyLow: number, dirtyHigh: number): number {
    const { arena } = this.#memory;
    const position = this.#memory.recordOf(block);
    const base = position * UNIT_WORDS;
    const freshMark = this.#freshBitmaps.length;
    const staleMark = this.#staleBitmaps.length;
    const old = this.#old;
    const now = this.#new;
    for (let i = 0; i < 4; i++) old[i] = position === 0 ? 0 : (arena.words[base + i] ?? 0);
    now.fill(0);
    let leaves = 0;
    let oldLeaves = 0;
    let differing = 0;
    for (let half = 0; half < 2; half++) {
      const dirty = half === 0 ? dirtyLow : dirtyHigh;
      const touched = dirty & (half === 0 ? draft.touchedLow : draft.touchedHigh);
      const oldLeafy = old[RECORD.leafy + half] ?? 0;
      const oldWhole = old[RECORD.whole + half] ?? 0;
      for (let rest = oldLeafy | oldWhole | touched; rest !== 0; rest &= rest - 1) {
        const bit = rest & -rest;
        const before =
          (oldLeafy & bit) !== 0
            ? (arena.words[base + RECORD.leaves + oldLeaves++] ?? 0)
            : (oldWhole & bit) !== 0
              ? WHOLE
              : NONE;
        let after = before;
        if ((dirty & bit) !== 0)
          after = (touched & bit) !== 0 ? this.#encode(draft, half * 32 + lowestBit(bit), before) : NONE;
        if (after === NO_ROOM) {
          this.#undoBitmaps(freshMark, staleMark);
          return FULL;
        }
        if (after !== before) {
          differing++;
          if (before >= 0) this.#retireBitmaps(before);
        }
        if (after === WHOLE) now[RECORD.whole + half] = (now[RECORD.whole + half] ?? 0) | bit;
        else if (after >= 0) {
          now[RECORD.leafy + half] = (now[RECORD.leafy + half] ?? 0) | bit;
          this.#leaves[leaves++] = after;
        }
      }
    }
    if (this.#dry) return differing + this.#frontDiffers(block, old);
    if (differing === 0 && !this.#memory.damaged.has(block)) {
      const wrong = this.#frontDiffers(block, old);
      if (wrong > 0) this.#storeFront(block, old, false);
      return wrong;
    }
    const target = this.#placeRecord(leaves);
    if (target < 0) {
      this.#undoBitmaps(freshMark, staleMark);
      return FULL;
    }
    this.#swap(block, position, oldLeaves, target);
    return Math.max(1, differing);
  }

  /**
   * Makes the block say what a shared record says.
   * @returns how many /24s it decides differently now
   */
  assign(block: number, shared: SharedRecord): number {
    const { arena } = this.#memory;
    const position = this.#memory.recordOf(block);
    const now = this.#new;
    for (let i = 0; i < 4; i++) now[i] = arena.words[shared * UNIT_WORDS + i] ?? 0;
    if (position === shared) {
      const wrong = this.#frontDiffers(block, now);
      if (wrong > 0 && !this.#dry) this.#storeFront(block, now, false);
      return wrong;
    }
    // What is whole already stays so; a leaf is taken to differ from whatever was there.
    const base = position * UNIT_WORDS;
    const count = (word: number) =>
      position === 0 ? 0 : popcount(arena.words[base + word] ?? 0) + popcount(arena.words[base + word + 1] ?? 0);
    const differing = shared === SHARED.whole ? 64 - count(RECORD.whole) : 64;
    if (this.#dry) return differing;
    const leaves = count(RECORD.leafy);
    for (let i = 0; i < leaves; i++) this.#retireBitmaps(arena.words[base + RECORD.leaves + i] ?? 0);
    this.#swap(block, position, leaves, shared);
    return differing;
  }

  /** Ends a change that stays. The change must not be used afterwards. */
  commit(): Garbage[] {
    return this.#garbage(this.#staleRecords, this.#staleBitmaps);
  }

  /** Takes everything back, in steps as atomic as those of the change. The change must not be used afterwards. */
  rollback(): Garbage[] {
    const { arena, index } = this.#memory;
    for (let i = this.#journal.length - 2; i >= 0; i -= 2) {
      const block = this.#journal.at(i);
      const position = this.#journal.at(i + 1);
      for (let w = 0; w < 4; w++) this.#old[w] = position === 0 ? 0 : (arena.words[position * UNIT_WORDS + w] ?? 0);
      this.#storeFront(block, this.#old, true);
      Atomics.store(index, block, position);
      this.#storeFront(block, this.#old, false);
    }
    return this.#garbage(this.#freshRecords, this.#freshBitmaps);
  }

  /** From the record at `position` to that at `target`, whose bits are in #new. */
  #swap(block: number, position: number, leaves: number, target: number): void {
    this.#journal.push(block);
    this.#journal.push(position);
    this.#storeFront(block, this.#new, true);
    Atomics.store(this.#memory.index, block, target);
    this.#storeFront(block, this.#new, false);
    this.#memory.damaged.delete(block);
    if (position < PAGE_UNITS) return;
    this.#staleRecords.push(position);
    this.#staleRecords.push(recordUnits(leaves));
  }

  #garbage(records: WordList, bitmaps: WordList): Garbage[] {
    return [
      { pool: this.#memory.arena, pieces: records.view() },
      { pool: this.#memory.bitmaps, pieces: bitmaps.view() },
    ];
  }

  /** Writes the record of #new and #leaves where no packet looks yet. @returns its position, -1 when there is no room */
  #placeRecord(leaves: number): number {
    const { arena } = this.#memory;
    const now = this.#new;
    const all = (word: number) => (now[word] ?? 0) + (now[word + 1] ?? 0) === 0x1fffffffe;
    if (leaves === 0 && (now[RECORD.whole] ?? 0) === 0 && (now[RECORD.whole + 1] ?? 0) === 0) return 0;
    if (all(RECORD.whole)) return SHARED.whole;
    if (leaves === 64) {
      const first = this.#leaves[0];
      if (first === lookupPairLeaf(SHARED.listedPair) && this.#leaves.every((leaf) => leaf === first))
        return SHARED.lookup;
      if (first === lookupPairLeaf(SHARED.plainPair) && this.#leaves.every((leaf) => leaf === first))
        return SHARED.lookupPlain;
    }
    const units = recordUnits(leaves);
    const position = arena.take(units);
    if (position === 0) return -1;
    this.#freshRecords.push(position);
    this.#freshRecords.push(units);
    const base = position * UNIT_WORDS;
    for (let i = 0; i < 4; i++) arena.words[base + i] = now[i] ?? 0;
    for (let i = 0; i < leaves; i++) arena.words[base + RECORD.leaves + i] = this.#leaves[i] ?? 0;
    return position;
  }

  #frontDiffers(block: number, record: Uint32Array): number {
    const { front } = this.#memory;
    let wrong = 0;
    for (let half = 0; half < 2; half++)
      wrong += popcount(
        (front[block * 2 + half] ?? 0) ^ ((record[RECORD.leafy + half] ?? 0) | (record[RECORD.whole + half] ?? 0)),
      );
    return wrong;
  }

  /** `keep`: leaves bits that are set; so that the front never says clean where the index says listed. */
  #storeFront(block: number, record: Uint32Array, keep: boolean): void {
    const { front } = this.#memory;
    for (let half = 0; half < 2; half++) {
      const bits = (record[RECORD.leafy + half] ?? 0) | (record[RECORD.whole + half] ?? 0);
      const word = block * 2 + half;
      Atomics.store(front, word, keep ? (front[word] ?? 0) | bits : bits);
    }
  }

  /** `before`: what decides the /24 now. @returns a leaf word, NONE, WHOLE, NO_ROOM, or DIFFERENT when dry */
  #encode(draft: V4Draft, number: number, before: number): number {
    const from = number * 8;
    let listed = 0;
    let plain = 0;
    let lookup = 0;
    for (let i = from; i < from + 8; i++) {
      const listedWord = draft.listed[i] ?? 0;
      const plainWord = draft.plain[i] ?? 0;
      listed += popcount(listedWord);
      plain += popcount(plainWord);
      lookup |= (listedWord & ~plainWord) | (listedWord & (draft.allowed[i] ?? 0));
    }
    if (listed === 0) return NONE;
    if (lookup === 0) {
      if (listed === 256) return WHOLE;
      if (listed <= 3) return octetsOf(draft.plain, from);
      return this.#bitmaps(LEAF.bitmap, draft, from, before);
    }
    if (plain === 0 && listed <= 3)
      return (octetsOf(draft.listed, from) | (LEAF.lookupOctets << LEAF_KIND_SHIFT)) >>> 0;
    if (listed === 256 && plain === 0) return lookupPairLeaf(SHARED.listedPair);
    if (plain === 256) return lookupPairLeaf(SHARED.plainPair);
    return this.#bitmaps(LEAF.lookupBitmaps, draft, from, before);
  }

  /** The leaf that is there when it says the same, else a new one. */
  #bitmaps(kind: 1 | 3, draft: V4Draft, from: number, before: number): number {
    const { words } = this.#memory.bitmaps;
    const two = kind === LEAF.lookupBitmaps;
    if (before >= 0 && before >>> LEAF_KIND_SHIFT === kind) {
      const base = (before & LEAF_POSITION) * UNIT_WORDS;
      let same = true;
      for (let i = 0; i < 8 && same; i++)
        same = words[base + i] === draft.listed[from + i] && (!two || words[base + 8 + i] === draft.plain[from + i]);
      if (same) return before;
    }
    if (this.#dry) return DIFFERENT;
    const units = two ? 2 : 1;
    const position = this.#memory.bitmaps.take(units);
    if (position === 0) return NO_ROOM;
    this.#freshBitmaps.push(position);
    this.#freshBitmaps.push(units);
    const base = position * UNIT_WORDS;
    for (let i = 0; i < 8; i++) words[base + i] = draft.listed[from + i] ?? 0;
    if (two) for (let i = 0; i < 8; i++) words[base + 8 + i] = draft.plain[from + i] ?? 0;
    return ((kind << LEAF_KIND_SHIFT) | position) >>> 0;
  }

  #retireBitmaps(leaf: number): void {
    const units = bitmapUnits(leaf);
    if (units === 0) return;
    this.#staleBitmaps.push(leaf & LEAF_POSITION);
    this.#staleBitmaps.push(units);
  }

  /** For a block that is not written after all: nobody has seen what was made for it. */
  #undoBitmaps(freshMark: number, staleMark: number): void {
    for (let i = freshMark; i < this.#freshBitmaps.length; i += 2)
      this.#memory.bitmaps.release(this.#freshBitmaps.at(i), this.#freshBitmaps.at(i + 1));
    this.#freshBitmaps.cut(freshMark);
    this.#staleBitmaps.cut(staleMark);
  }
}

/** Up to three host octets of a /24's bits, the last one repeated to make three. */
function octetsOf(bits: Uint32Array, from: number): number {
  let leaf = 0;
  let octet = 0;
  let count = 0;
  for (let i = 0; i < 8; i++) {
    for (let rest = bits[from + i] ?? 0; rest !== 0; rest &= rest - 1) {
      octet = i * 32 + lowestBit(rest);
      leaf |= octet << (8 * count++);
    }
  }
  for (; count < 3; count++) leaf |= octet << (8 * count);
  return leaf;
}
