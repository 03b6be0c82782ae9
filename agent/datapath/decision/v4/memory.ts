// The IPv4 decision structure in shared memory, as bpf/layout.h describes it: reading it, and finding out on adoption which
// pieces of the arenas are taken.
import type { GrowingMemory } from '../../kernel-map.ts';
import { popcount } from '../bits.ts';
import {
  BLOCK_ADDRESS_BITS,
  BLOCK_ALLOWED,
  BLOCK_LOOKUP,
  LEAF,
  LEAF_KIND_SHIFT,
  LEAF_POSITION,
  PAGE_UNITS,
  POSITION,
  RECORD,
  UNIT_BYTES,
  UNIT_WORDS,
  V4_BLOCKS,
} from '../layout.ts';
import { makeMarks, mark, Pool, reachUnit } from '../pool.ts';
import { frontBitsOf } from './front.ts';
import { BITMAP_UNITS, bitmapUnits, RecordDraft, readRecord, SHARED } from './record.ts';
import { type V4Buffers, V4Seals } from './seals.ts';

const ALL = 0xffffffff;

/** Up to this many blocks in use, the summary keeps most clean packets away from the front. */
const SPARSE_BLOCKS = V4_BLOCKS / 8;

/** How one address is decided by bits alone. */
export type BitsVerdict = 'clear' | 'drop' | 'lookup' | 'lookupPlain';

/** A view of memory that packets read meanwhile. `arena` holds the records, `bitmaps` the bitmaps of leaves. */
export class V4Memory {
  /** One bit per block, set at least where the front has any. */
  readonly summary: Uint32Array<ArrayBuffer>;
  /** Bits set in the summary. */
  #used = 0;
  /** Two words per block. */
  readonly front: Uint32Array<ArrayBuffer>;
  /** One word per block: the position of its record, and COMPACT. */
  readonly index: Uint32Array<ArrayBuffer>;
  readonly arena: Pool;
  readonly bitmaps: Pool;
  readonly seals: V4Seals;
  /** Blocks with damaged records: whatever rewrites them must not release the memory that they name. */
  readonly damaged = new Set<number>();

  /** Adopts what the memory holds; all zeros is an empty list. Packets keep reading it. */
  constructor(buffers: V4Buffers) {
    this.summary = buffers.summary;
    for (const word of this.summary) this.#used += popcount(word);
    this.front = buffers.front;
    this.index = buffers.index;
    this.seals = new V4Seals(buffers);
    const { arena, bitmaps } = buffers;
    for (const memory of [arena, bitmaps]) reachUnit(memory, 0);
    writeSharedPages(new Uint32Array(arena.buffer), new Uint32Array(bitmaps.buffer));
    const arenaMarks = makeMarks(arena.buffer.byteLength / UNIT_BYTES);
    const bitmapMarks = makeMarks(bitmaps.buffer.byteLength / UNIT_BYTES);
    mark(arenaMarks, 0, PAGE_UNITS);
    mark(bitmapMarks, 0, PAGE_UNITS);
    this.#walk(arena, bitmaps, arenaMarks, bitmapMarks);
    this.arena = new Pool(arena, arenaMarks);
    this.bitmaps = new Pool(bitmaps, bitmapMarks);
  }

  /** Whether few blocks are in use: the program then reads the summary first. */
  get sparse(): boolean {
    return this.#used <= SPARSE_BLOCKS;
  }

  summaryHas(block: number): boolean {
    return (((this.summary[block >> 5] ?? 0) >>> (block & 31)) & 1) === 1;
  }

  /** Set this before the front has a bit of the block, and clear it once the front has none. */
  setSummary(block: number, inUse: boolean): void {
    if (this.summaryHas(block) === inUse) return;
    this.#used += inUse ? 1 : -1;
    Atomics.store(this.summary, block >> 5, (this.summary[block >> 5] ?? 0) ^ (1 << (block & 31)));
  }

  /** Reads a block's record into `into`; a damaged one reads as empty. */
  read(block: number, into: RecordDraft): void {
    const word = this.damaged.has(block) ? 0 : (this.index[block] ?? 0);
    readRecord(this.arena.words, word, into);
  }

  /** The result that the program's fb_decide_v4 would find. `address`: host byte order, unsigned. */
  decide(address: number): BitsVerdict {
    const block = address >>> BLOCK_ADDRESS_BITS;
    const number = (address >>> 8) & 63;
    const half = number >> 5;
    const bit = 1 << (number & 31);
    if (this.sparse && !this.summaryHas(block)) return 'clear';
    const inFront = frontBitsOf(number, address & 255);
    if (inFront.some((bits, i) => (bits & ~(this.front[block * 2 + i] ?? 0)) !== 0)) return 'clear';
    const record = new RecordDraft();
    readRecord(this.arena.words, this.index[block] ?? 0, record);
    const verdict = this.#decideRecord(record, half, bit, address & 255);
    if (verdict === 'clear' && (record.flags & BLOCK_LOOKUP) !== 0) return 'lookup';
    return verdict === 'drop' && (record.flags & BLOCK_ALLOWED) !== 0 ? 'lookupPlain' : verdict;
  }

  #decideRecord(record: RecordDraft, half: number, bit: number, octet: number): BitsVerdict {
    if (((record.bits[RECORD.whole + half] ?? 0) & bit) !== 0) return 'drop';
    const leafy = record.bits[RECORD.leafy + half] ?? 0;
    if ((leafy & bit) === 0) return 'clear';
    const before = half === 0 ? 0 : popcount(record.bits[RECORD.leafy] ?? 0);
    return this.#decideLeaf(record.leaves[before + popcount(leafy & (bit - 1))] ?? 0, octet);
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
        return inBitmap(position + BITMAP_UNITS) ? 'lookupPlain' : 'lookup';
    }
  }

  /** Marks what the index names, and reaches it. */
  #walk(arena: GrowingMemory, bitmaps: GrowingMemory, arenaMarks: Uint8Array, bitmapMarks: Uint8Array): void {
    const words = new Uint32Array(arena.buffer);
    const record = new RecordDraft();
    for (let block = 0; block < V4_BLOCKS; block++) {
      const word = this.index[block] ?? 0;
      reachUnit(arena, word & POSITION);
      readRecord(words, word, record);
      if (record.position < PAGE_UNITS) {
        if (!isShared(record)) this.damaged.add(block);
        continue;
      }
      if (!mark(arenaMarks, record.position, record.units)) this.damaged.add(block);
      for (let i = 0; i < record.count; i++) {
        const leaf = record.leaves[i] ?? 0;
        const units = bitmapUnits(leaf);
        if (units === 0) continue;
        reachUnit(bitmaps, leaf & LEAF_POSITION);
        if (!mark(bitmapMarks, leaf & LEAF_POSITION, units)) this.damaged.add(block);
      }
    }
  }
}

function isShared({ word, position, flags }: RecordDraft): boolean {
  if (word - flags !== position) return false;
  return position === SHARED.whole || (position === 0 && (flags === 0 || flags === BLOCK_LOOKUP));
}

/** Always the same words, so that writing them under traffic changes nothing. */
function writeSharedPages(arena: Uint32Array, bitmaps: Uint32Array): void {
  bitmaps.fill(ALL, SHARED.listedPair * UNIT_WORDS, (SHARED.listedPair + BITMAP_UNITS) * UNIT_WORDS);
  bitmaps.fill(ALL, SHARED.plainPair * UNIT_WORDS, (SHARED.plainPair + 2 * BITMAP_UNITS) * UNIT_WORDS);
  arena.fill(ALL, SHARED.whole * UNIT_WORDS + RECORD.whole, SHARED.whole * UNIT_WORDS + RECORD.whole + 2);
}
