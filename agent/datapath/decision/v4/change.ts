// One change of the IPv4 decision structure. Blocks are rewritten one by one, each with one atomic store that packets see;
// what was there stays in memory until the change is complete, so that it can be rolled back.
import { lowestBit, popcount, WordList } from '../bits.ts';
import {
  BLOCK_LOOKUP,
  COMPACT,
  COMPACT_OCTETS,
  LEAF,
  LEAF_KIND_SHIFT,
  LEAF_POSITION,
  PAGE_UNITS,
  POSITION,
  RECORD,
  UNIT_WORDS,
} from '../layout.ts';
import type { Pool } from '../pool.ts';
import type { V4Draft } from './draft.ts';
import { frontOf } from './front.ts';
import type { V4Memory } from './memory.ts';
import {
  areSingleOctets,
  BITMAP_UNITS,
  bitmapUnits,
  compactUnits,
  lookupPairLeaf,
  octetsOf,
  RecordDraft,
  readRecord,
  recordUnits,
  SHARED,
  sharedFor,
} from './record.ts';

/** Pieces that no block refers to any more: to be released after a grace period. */
export interface Garbage {
  readonly pool: Pool;
  /** Position, units, position, units ... */
  readonly pieces: Uint32Array;
}

const SLASH24S_PER_BLOCK = 64;

/** The structure has no room; nothing of the block was changed. */
export const FULL = -1;

// What #encode makes of a /24, beside a leaf word (0 and up).
const NONE = -1;
const WHOLE = -2;
const NO_ROOM = -3;
const DIFFERENT = -4;

/** Writes until `commit` or `rollback`, both of which return memory that packets may still read until a grace period is over. */
export class V4Change {
  readonly #memory: V4Memory;
  readonly #dry: boolean;
  // Block, its index word before.
  readonly #journal = new WordList();
  readonly #freshRecords = new WordList();
  readonly #freshBitmaps = new WordList();
  readonly #staleRecords = new WordList();
  readonly #staleBitmaps = new WordList();
  /** Whether a block may drop less than it did at some point of the change. */
  narrowed = false;
  readonly #old = new RecordDraft();
  readonly #new = new RecordDraft();
  readonly #front = new Uint32Array(2);

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
    const freshMark = this.#freshBitmaps.length;
    const staleMark = this.#staleBitmaps.length;
    const old = this.#old;
    const now = this.#new;
    this.#memory.read(block, old);
    now.bits.fill(0);
    now.count = 0;
    let oldLeaves = 0;
    let differing = 0;
    for (let half = 0; half < 2; half++) {
      const dirty = half === 0 ? dirtyLow : dirtyHigh;
      const touched = dirty & (half === 0 ? draft.touchedLow : draft.touchedHigh);
      const oldLeafy = old.bits[RECORD.leafy + half] ?? 0;
      const oldWhole = old.bits[RECORD.whole + half] ?? 0;
      for (let rest = oldLeafy | oldWhole | touched; rest !== 0; rest &= rest - 1) {
        const bit = rest & -rest;
        const before = (oldLeafy & bit) !== 0 ? (old.leaves[oldLeaves++] ?? 0) : (oldWhole & bit) !== 0 ? WHOLE : NONE;
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
          if (before !== NONE) this.narrowed = true;
        }
        if (after === WHOLE) now.bits[RECORD.whole + half] = (now.bits[RECORD.whole + half] ?? 0) | bit;
        else if (after !== NONE) {
          // When dry there may be no leaf for it, but the flags below depend on that something is listed.
          now.bits[RECORD.leafy + half] = (now.bits[RECORD.leafy + half] ?? 0) | bit;
          if (after >= 0) now.leaves[now.count++] = after;
        }
      }
    }
    // Where no bits drop anything, there is nothing to allow either.
    now.flags = now.bits.some((word) => word !== 0) ? draft.flags : draft.flags & BLOCK_LOOKUP;
    const reflagged = now.flags === old.flags ? 0 : SLASH24S_PER_BLOCK;
    const same = differing === 0 && !this.#memory.damaged.has(block);
    if (same && reflagged === 0) {
      const wrong = this.#frontDiffers(block, old);
      if (wrong > 0 && !this.#dry) this.#storeFront(block, old, false);
      return wrong;
    }
    if (this.#dry) return Math.max(1, differing + reflagged);
    if (reflagged > 0) this.narrowed = true;
    const target = same ? old.word - old.flags : this.#placeRecord();
    if (target < 0) {
      this.#undoBitmaps(freshMark, staleMark);
      return FULL;
    }
    this.#swap(block, target + now.flags);
    return Math.max(1, differing + reflagged);
  }

  /**
   * Gives the block an index word that names no record of its own.
   * @returns how many /24s it decides differently now
   */
  assign(block: number, target: number): number {
    const old = this.#old;
    const now = this.#new;
    this.#memory.read(block, old);
    readRecord(this.#memory.arena.words, target, now);
    if (old.word === target) {
      const wrong = this.#frontDiffers(block, now);
      if (wrong > 0 && !this.#dry) this.#storeFront(block, now, false);
      return wrong;
    }
    // What is whole already stays whole; everything else counts as different.
    const kept =
      now.position === SHARED.whole && now.flags === old.flags
        ? popcount(old.bits[RECORD.whole] ?? 0) + popcount(old.bits[RECORD.whole + 1] ?? 0)
        : 0;
    if (this.#dry) return SLASH24S_PER_BLOCK - kept;
    if (old.word !== 0) this.narrowed = true;
    for (let i = 0; i < old.count; i++) this.#retireBitmaps(old.leaves[i] ?? 0);
    this.#swap(block, target);
    return SLASH24S_PER_BLOCK - kept;
  }

  /** Commits the change, which must not be used afterwards. */
  commit(): Garbage[] {
    return this.#garbage(this.#staleRecords, this.#staleBitmaps);
  }

  /** Rolls everything back, in steps as atomic as those of the change, which must not be used afterwards. */
  rollback(): Garbage[] {
    this.narrowed = this.#journal.length > 0;
    const { arena, index } = this.#memory;
    for (let i = this.#journal.length - 2; i >= 0; i -= 2) {
      const block = this.#journal.at(i);
      const word = this.#journal.at(i + 1);
      readRecord(arena.words, word, this.#old);
      frontOf(this.#old, this.#front);
      this.#storeFront(block, this.#old, true);
      Atomics.store(index, block, word);
      this.#storeFront(block, this.#old, false);
    }
    return this.#garbage(this.#freshRecords, this.#freshBitmaps);
  }

  /** From the record in #old to that of the index word `target`, whose bits and flags are in #new. */
  #swap(block: number, target: number): void {
    const { word, position, units } = this.#old;
    this.#journal.push(block);
    this.#journal.push(word);
    frontOf(this.#new, this.#front);
    this.#storeFront(block, this.#new, true);
    Atomics.store(this.#memory.index, block, target);
    this.#storeFront(block, this.#new, false);
    this.#memory.damaged.delete(block);
    if (position < PAGE_UNITS || (target & POSITION) === position) return;
    this.#staleRecords.push(position);
    this.#staleRecords.push(units);
  }

  #garbage(records: WordList, bitmaps: WordList): Garbage[] {
    return [
      { pool: this.#memory.arena, pieces: records.view() },
      { pool: this.#memory.bitmaps, pieces: bitmaps.view() },
    ];
  }

  /** Writes the record in #new to memory that no packet reads yet. @returns its index word, -1 when there is no room */
  #placeRecord(): number {
    const { bits, leaves, count } = this.#new;
    const shared = sharedFor(bits);
    if (shared !== undefined) return shared;
    const compact = count <= COMPACT_OCTETS && (bits[RECORD.whole] ?? 0) === 0 && (bits[RECORD.whole + 1] ?? 0) === 0;
    if (compact && areSingleOctets(leaves, count)) return this.#placeCompact();
    const position = this.#take(recordUnits(count));
    if (position === 0) return -1;
    const { words } = this.#memory.arena;
    const base = position * UNIT_WORDS;
    for (let i = 0; i < 4; i++) words[base + i] = bits[i] ?? 0;
    for (let i = 0; i < count; i++) words[base + RECORD.leaves + i] = leaves[i] ?? 0;
    return position;
  }

  #placeCompact(): number {
    const { bits, leaves, count } = this.#new;
    const position = this.#take(compactUnits(count));
    if (position === 0) return -1;
    const { words } = this.#memory.arena;
    const base = position * UNIT_WORDS;
    words[base] = bits[RECORD.leafy] ?? 0;
    words[base + 1] = bits[RECORD.leafy + 1] ?? 0;
    for (let i = 0; i < count; i += 4) {
      const octet = (n: number) => (n < count ? (leaves[n] ?? 0) & 255 : 0);
      words[base + 2 + (i >> 2)] = octet(i) | (octet(i + 1) << 8) | (octet(i + 2) << 16) | (octet(i + 3) << 24);
    }
    return COMPACT + position;
  }

  #take(units: number): number {
    const position = this.#memory.arena.take(units);
    if (position === 0) return 0;
    this.#memory.seals.openRecord(position, units);
    this.#freshRecords.push(position);
    this.#freshRecords.push(units);
    return position;
  }

  #frontDiffers(block: number, record: RecordDraft): number {
    const { front } = this.#memory;
    const bits = this.#front;
    frontOf(record, bits);
    let wrong = this.#memory.summaryHas(block) === isUsed(record) ? 0 : 1;
    for (let half = 0; half < 2; half++) wrong += popcount((front[block * 2 + half] ?? 0) ^ (bits[half] ?? 0));
    return wrong;
  }

  /**
   * Front, from #front, which must be that of the record, and summary. `keep`: leaves bits that are set, so that neither ever says clean
   * where the index says listed.
   */
  #storeFront(block: number, record: RecordDraft, keep: boolean): void {
    const { front } = this.#memory;
    const bits = this.#front;
    this.#memory.seals.openBlock(block);
    if (isUsed(record)) this.#memory.setSummary(block, true);
    for (let half = 0; half < 2; half++) {
      const word = block * 2 + half;
      Atomics.store(front, word, (bits[half] ?? 0) | (keep ? (front[word] ?? 0) : 0));
    }
    if (!isUsed(record) && !keep) this.#memory.setSummary(block, false);
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

  /** The existing leaf when it says the same, else a new one. */
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
    const units = two ? 2 * BITMAP_UNITS : BITMAP_UNITS;
    const position = this.#memory.bitmaps.take(units);
    if (position === 0) return NO_ROOM;
    this.#memory.seals.openBitmaps(position, units);
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

  /** Frees what was made for a block that is not written after all: no packet has seen it. */
  #undoBitmaps(freshMark: number, staleMark: number): void {
    for (let i = freshMark; i < this.#freshBitmaps.length; i += 2)
      this.#memory.bitmaps.release(this.#freshBitmaps.at(i), this.#freshBitmaps.at(i + 1));
    this.#freshBitmaps.cut(freshMark);
    this.#staleBitmaps.cut(staleMark);
  }
}

/** Whether a packet from the block may meet anything. */
function isUsed({ bits, flags }: RecordDraft): boolean {
  return flags !== 0 || bits.some((word) => word !== 0);
}
