// The front of the IPv4 decision structure (v4_front in bpf/layout.h): a Bloom filter of 64 bits per block that keeps clean packets
// away from index and arena.
import { BLOCK_LOOKUP, LEAF_KIND_SHIFT, RECORD } from '../layout.ts';
import type { RecordDraft } from './record.ts';

const ALL = 0xffffffff;
const SLASH24S_PER_BLOCK = 64;

/** As FB_FRONT_FIRST, _SECOND and _THIRD: the bits of an address in /24 number `number` of its block, as words (low, high). */
export function frontBitsOf(number: number, octet: number): readonly [low: number, high: number] {
  const places = [number, number + 1 + (octet >> 6) * 13, number * 3 + 7 + (octet & 3) * 29];
  const half = (wanted: number) =>
    places.reduce((bits, place) => (((place >> 5) & 1) === wanted ? bits | (1 << (place & 31)) : bits), 0) >>> 0;
  return [half(0), half(1)];
}

/** The part of an octet that the front hashes, in 4 bits. */
function kindOf(octet: number): number {
  return ((octet >> 6) << 2) | (octet & 3);
}

// Low and high words one after the other, by `number * 16 + kindOf(octet)` and by `number`.
const OF_ADDRESS = new Uint32Array(2 * SLASH24S_PER_BLOCK * 16);
const OF_SLASH24 = new Uint32Array(2 * SLASH24S_PER_BLOCK);
for (let number = 0; number < SLASH24S_PER_BLOCK; number++)
  for (let octet = 0; octet < 256; octet++)
    frontBitsOf(number, octet).forEach((word, half) => {
      OF_ADDRESS[(number * 16 + kindOf(octet)) * 2 + half] = word;
      OF_SLASH24[number * 2 + half] = (OF_SLASH24[number * 2 + half] ?? 0) | word;
    });

/** Writes two words (low, high) to `into`: every address that the record does not call clean finds its bits there. */
export function frontOf({ bits, leaves, flags }: RecordDraft, into: Uint32Array): void {
  into.fill((flags & BLOCK_LOOKUP) !== 0 ? ALL : 0);
  if ((flags & BLOCK_LOOKUP) !== 0) return;
  let leaf = 0;
  for (let half = 0; half < 2; half++) {
    for (let rest = bits[RECORD.whole + half] ?? 0; rest !== 0; rest &= rest - 1)
      merge(into, OF_SLASH24, half * 32 + 31 - Math.clz32(rest & -rest));
    for (let rest = bits[RECORD.leafy + half] ?? 0; rest !== 0; rest &= rest - 1)
      mergeLeaf(into, half * 32 + 31 - Math.clz32(rest & -rest), leaves[leaf++] ?? 0);
  }
}

function mergeLeaf(into: Uint32Array, number: number, leaf: number): void {
  // Bitmaps hold many addresses: treated as all of them.
  if (((leaf >>> LEAF_KIND_SHIFT) & 1) === 1) merge(into, OF_SLASH24, number);
  else
    for (let shift = 0; shift < 24; shift += 8) merge(into, OF_ADDRESS, number * 16 + kindOf((leaf >>> shift) & 255));
}

function merge(into: Uint32Array, from: Uint32Array, row: number): void {
  into[0] = (into[0] ?? 0) | (from[row * 2] ?? 0);
  into[1] = (into[1] ?? 0) | (from[row * 2 + 1] ?? 0);
}
