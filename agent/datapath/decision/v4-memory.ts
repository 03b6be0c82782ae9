// The IPv4 decision structure in shared memory, as bpf/layout.h describes it: reading it, and finding out on adoption which
// pieces of the arenas are taken.
import { popcount } from './bits.ts';
import { LEAF, LEAF_KIND_SHIFT, LEAF_POSITION, PAGE_UNITS, RECORD, UNIT_WORDS, V4_BLOCKS } from './layout.ts';
import { makeMarks, mark, Pool } from './pool.ts';

/** Records and bitmaps of the first page of each arena: made once, used by many blocks, never given back. */
export const SHARED = {
  /** All of the block is dropped. */
  whole: 1,
  /** All of the block is looked up; no plain block is in it. */
  lookup: 16,
  /** All of the block is listed by a plain block, and looked up for allow entries. */
  lookupPlain: 32,
  /** A pair of bitmaps: all listed, none by a plain block. */
  listedPair: 2,
  /** A pair of bitmaps: all listed, all by plain blocks. */
  plainPair: 4,
} as const;

/** Position of a shared record. */
export type SharedRecord = 1 | 16 | 32;

const ALL = 0xffffffff;

export interface V4Buffers {
  readonly front: ArrayBuffer;
  readonly index: ArrayBuffer;
  readonly arena: ArrayBuffer;
  readonly bitmaps: ArrayBuffer;
}

/** How one address is decided by bits alone. */
export type BitsVerdict = 'clear' | 'drop' | 'lookup' | 'lookupPlain';

export class V4Memory {
  /** Two words a block. */
  readonly front: Uint32Array<ArrayBuffer>;
  /** One word a block: the position of its record. */
  readonly index: Uint32Array<ArrayBuffer>;
  readonly arena: Pool;
  readonly bitmaps: Pool;
  /** Blocks whose records cannot be right: whoever rewrites them must not give back what they name. */
  readonly damaged = new Set<number>();

  /** Takes over what the memory holds; all zeros is an empty list. Packets go on reading it meanwhile. */
  constructor(buffers: V4Buffers) {
    this.front = new Uint32Array(buffers.front);
    this.index = new Uint32Array(buffers.index);
    writeSharedPages(new Uint32Array(buffers.arena), new Uint32Array(buffers.bitmaps));
    const arenaMarks = makeMarks(buffers.arena.byteLength / (UNIT_WORDS * 4));
    const bitmapMarks = makeMarks(buffers.bitmaps.byteLength / (UNIT_WORDS * 4));
    mark(arenaMarks, 0, PAGE_UNITS);
    mark(bitmapMarks, 0, PAGE_UNITS);
    this.#walk(new Uint32Array(buffers.arena), arenaMarks, bitmapMarks);
    this.arena = new Pool(buffers.arena, arenaMarks);
    this.bitmaps = new Pool(buffers.bitmaps, bitmapMarks);
  }

  /** Position of the block's record; 0 for a block whose record is damaged or that has none. */
  recordOf(block: number): number {
    return this.damaged.has(block) ? 0 : (this.index[block] ?? 0);
  }

  /** What the program's fb_decide_v4 would find. `address`: host byte order, unsigned. */
  decide(address: number): BitsVerdict {
    const block = address >>> 14;
    const number = (address >>> 8) & 63;
    const half = number >> 5;
    const bit = 1 << (number & 31);
    if (((this.front[block * 2 + half] ?? 0) & bit) === 0) return 'clear';
    const position = this.index[block] ?? 0;
    const words = this.arena.words;
    const base = position * UNIT_WORDS;
    if (position === 0 || base + RECORD.leaves > words.length) return 'clear';
    if (((words[base + RECORD.whole + half] ?? 0) & bit) !== 0) return 'drop';
    const leafy = words[base + RECORD.leafy + half] ?? 0;
    if ((leafy & bit) === 0) return 'clear';
    const before = half === 0 ? 0 : popcount(words[base + RECORD.leafy] ?? 0);
    const leaf = words[base + RECORD.leaves + before + popcount(leafy & (bit - 1))] ?? 0;
    return this.#decideLeaf(leaf, address & 255);
  }

  #decideLeaf(leaf: number, octet: number): BitsVerdict {
    const kind = leaf >>> LEAF_KIND_SHIFT;
    const inOctets = (leaf & 255) === octet || ((leaf >>> 8) & 255) === octet || ((leaf >>> 16) & 255) === octet;
    const inBitmap = (position: number) =>
      (((this.bitmaps.words[position * UNIT_WORDS + (octet >> 5)] ?? 0) >>> (octet & 31)) & 1) === 1;
    const position = leaf & LEAF_POSITION;
    switch (kind) {
      case LEAF.octets:
        return inOctets ? 'drop' : 'clear';
      case LEAF.lookupOctets:
        return inOctets ? 'lookup' : 'clear';
      case LEAF.bitmap:
        return inBitmap(position) ? 'drop' : 'clear';
      default:
        if (!inBitmap(position)) return 'clear';
        return inBitmap(position + 1) ? 'lookupPlain' : 'lookup';
    }
  }

  #walk(arena: Uint32Array, arenaMarks: Uint8Array, bitmapMarks: Uint8Array): void {
    for (let block = 0; block < V4_BLOCKS; block++) {
      const position = this.index[block] ?? 0;
      if (position < PAGE_UNITS) {
        if (position !== 0 && !isSharedRecord(position)) this.damaged.add(block);
        continue;
      }
      const base = position * UNIT_WORDS;
      const count = popcount(arena[base + RECORD.leafy] ?? 0) + popcount(arena[base + RECORD.leafy + 1] ?? 0);
      if (!mark(arenaMarks, position, recordUnits(count))) this.damaged.add(block);
      for (let i = 0; i < count; i++) {
        const leaf = arena[base + RECORD.leaves + i] ?? 0;
        const units = bitmapUnits(leaf);
        if (units > 0 && !mark(bitmapMarks, leaf & LEAF_POSITION, units)) this.damaged.add(block);
      }
    }
  }
}

/** Units of a record with `leaves` leaves. */
export function recordUnits(leaves: number): number {
  return (RECORD.leaves + leaves + UNIT_WORDS - 1) >> 3;
}

/** Units of bitmaps that belong to this leaf alone. */
export function bitmapUnits(leaf: number): 0 | 1 | 2 {
  const kind = leaf >>> LEAF_KIND_SHIFT;
  if ((kind & 1) === 0 || (leaf & LEAF_POSITION) < PAGE_UNITS) return 0;
  return kind === LEAF.bitmap ? 1 : 2;
}

export function lookupPairLeaf(position: number): number {
  return ((LEAF.lookupBitmaps << LEAF_KIND_SHIFT) | position) >>> 0;
}

function isSharedRecord(position: number): boolean {
  return position === SHARED.whole || position === SHARED.lookup || position === SHARED.lookupPlain;
}

/** The same words every time, so that writing them under traffic changes nothing. */
function writeSharedPages(arena: Uint32Array, bitmaps: Uint32Array): void {
  bitmaps.fill(ALL, SHARED.listedPair * UNIT_WORDS, (SHARED.listedPair + 1) * UNIT_WORDS);
  bitmaps.fill(ALL, SHARED.plainPair * UNIT_WORDS, (SHARED.plainPair + 2) * UNIT_WORDS);
  arena.fill(ALL, SHARED.whole * UNIT_WORDS + RECORD.whole, SHARED.whole * UNIT_WORDS + RECORD.whole + 2);
  for (const [record, pair] of [
    [SHARED.lookup, SHARED.listedPair],
    [SHARED.lookupPlain, SHARED.plainPair],
  ] as const) {
    const base = record * UNIT_WORDS;
    arena.fill(ALL, base + RECORD.leafy, base + RECORD.leafy + 2);
    arena.fill(lookupPairLeaf(pair), base + RECORD.leaves, base + RECORD.leaves + 64);
  }
}
