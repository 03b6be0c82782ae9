// A block's record in its two forms, as bpf/layout.h describes them, and the few records that many blocks share.
import { lowestBit, popcount } from '../bits.ts';
import {
  BITMAP_BYTES,
  BLOCK_ALLOWED,
  BLOCK_LOOKUP,
  COMPACT,
  LEAF,
  LEAF_KIND_SHIFT,
  LEAF_POSITION,
  PAGE_UNITS,
  POSITION,
  RECORD,
  UNIT_BYTES,
  UNIT_WORDS,
} from '../layout.ts';

/** Records and bitmaps of the first page of each arena: made once, used by many blocks, never given back. */
export const SHARED = {
  /** The whole block is dropped. */
  whole: 2,
  /** A pair of bitmaps: all listed, none by a plain block. */
  listedPair: 4,
  /** A pair of bitmaps: all listed, all by plain blocks. */
  plainPair: 8,
} as const;

/** A leaf of one octet is that octet times this. */
const OCTET_EVERYWHERE = 0x010101;
/** Units of one bitmap; a leaf of kind `lookupBitmaps` takes two. */
export const BITMAP_UNITS = BITMAP_BYTES / UNIT_BYTES;

const ALL = 0xffffffff;

/** Units of a full record with `leaves` leaves. */
export function recordUnits(leaves: number): number {
  return Math.ceil((RECORD.leaves + leaves) / UNIT_WORDS);
}

/** Units of a compact record. */
export function compactUnits(octets: number): number {
  return Math.ceil((2 + octets / 4) / UNIT_WORDS);
}

/** A record in full form, whichever form it has in memory. */
export class RecordDraft {
  /** leafy (low, high), whole (low, high). */
  readonly bits = new Uint32Array(4);
  readonly leaves = new Uint32Array(64);
  /** Leaves in use. */
  count = 0;
  /** As it stands in the index. */
  word = 0;
  /** BLOCK_LOOKUP, BLOCK_ALLOWED, or neither. */
  flags = 0;
  position = 0;
  units = 0;
}

/** Reads the record that an index word names. */
export function readRecord(arena: Uint32Array, word: number, into: RecordDraft): void {
  const { bits, leaves } = into;
  const compact = word >= COMPACT;
  into.word = word;
  into.flags = word & (BLOCK_LOOKUP | BLOCK_ALLOWED);
  into.position = word & POSITION;
  const base = into.position * UNIT_WORDS;
  bits.fill(0);
  into.count = 0;
  into.units = 0;
  if (into.position === 0 || base + RECORD.leaves > arena.length) return;
  for (let i = 0; i < (compact ? 2 : 4); i++) bits[i] = arena[base + i] ?? 0;
  into.count = popcount(bits[RECORD.leafy] ?? 0) + popcount(bits[RECORD.leafy + 1] ?? 0);
  into.units = compact ? compactUnits(into.count) : recordUnits(into.count);
  for (let i = 0; i < into.count; i++)
    leaves[i] = compact
      ? (((arena[base + 2 + (i >> 2)] ?? 0) >>> ((i & 3) * 8)) & 255) * OCTET_EVERYWHERE
      : (arena[base + RECORD.leaves + i] ?? 0);
}

/** Units of the bitmaps that only this leaf uses. */
export function bitmapUnits(leaf: number): number {
  const kind = leaf >>> LEAF_KIND_SHIFT;
  if ((kind & 1) === 0 || (leaf & LEAF_POSITION) < PAGE_UNITS) return 0;
  return kind === LEAF.bitmap ? BITMAP_UNITS : 2 * BITMAP_UNITS;
}

/** The leaf word for the two bitmaps at `position`: listed at all, then listed by a plain block. */
export function lookupPairLeaf(position: number): number {
  return ((LEAF.lookupBitmaps << LEAF_KIND_SHIFT) | position) >>> 0;
}

/** The position of a shared record, or of the empty one; undefined when the block needs its own. */
export function sharedFor(bits: Uint32Array): number | undefined {
  const [leafyLow = 0, leafyHigh = 0, wholeLow = 0, wholeHigh = 0] = bits;
  if (leafyLow === 0 && leafyHigh === 0 && wholeLow === 0 && wholeHigh === 0) return 0;
  return wholeLow === ALL && wholeHigh === ALL ? SHARED.whole : undefined;
}

/** Whether every leaf is one address, dropped: what a compact record can say. */
export function areSingleOctets(leaves: Uint32Array, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const leaf = leaves[i] ?? 0;
    if (leaf >>> LEAF_KIND_SHIFT !== LEAF.octets || leaf !== (leaf & 255) * OCTET_EVERYWHERE) return false;
  }
  return true;
}

/** Up to three host octets of a /24's bits, the last one repeated to make three. */
export function octetsOf(bits: Uint32Array, from: number): number {
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
