// The list that the benchmarks block and the sources that attack: worked out by number, as programs/generator.bpf.c does.
import { EntryTable } from '../../common/entries/entry-table.ts';
import type { FamilyColumns, PackedEntries } from '../../common/entries/packed.ts';

/** A bijection of the 32-bit numbers (MurmurHash3's finalizer). */
function mix(number: number): number {
  let x = number;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** 60 % /24, 25 % /20 to /23, 10 % /25 to /30, 5 % /16 to /19. */
function prefixLength(number: number): number {
  const share = number % 20;
  const turn = Math.floor(number / 20);
  if (share < 12) return 24;
  if (share < 17) return 20 + (turn % 4);
  return share < 19 ? 25 + (turn % 6) : 16 + (turn % 4);
}

/** Address number `number`, host byte order. */
export function addressNumber(number: number): number {
  return mix(number);
}

/** `addresses` different random /32s and `prefixes` random prefixes, `from` on. */
export function makeList(addresses: number, prefixes: number, from = 0): PackedEntries<'left'> {
  const table = new EntryTable<'boot'>();
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  const add = (address: number, length: number) => {
    view.setUint32(0, address);
    table.v4.set(bytes, 0, length, 0, 0);
  };
  for (let i = from; i < from + addresses; i++) add(mix(i), 32);
  for (let i = 0; i < prefixes; i++) {
    const length = prefixLength(i);
    add((mix(~i) & ~(0xffffffff >>> length)) >>> 0, length);
  }
  return table.packLeft(0);
}

/** The rows of one length (or all others), as keys of a hash or trie. */
export function keysOf(columns: FamilyColumns, wanted: (length: number) => boolean, withLength: boolean) {
  const width = withLength ? 8 : 4;
  const rows = columns.lengths.reduce((count, length) => count + (wanted(length) ? 1 : 0), 0);
  const keys = new Uint8Array(rows * width);
  let at = 0;
  for (let row = 0; row < columns.count; row++) {
    const length = columns.lengths[row] ?? 0;
    if (!wanted(length)) continue;
    if (withLength) keys[at] = length;
    keys.set(columns.addresses.subarray(row * 4, row * 4 + 4), at + width - 4);
    at += width;
  }
  return { keys, values: new Uint8Array(rows * 4).fill(1), rows };
}
