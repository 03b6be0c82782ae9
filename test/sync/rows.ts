// Packed rows for tests and benches: many distinct, canonical, unguarded addresses, the same ones every time.
import type { PackedEntries } from '../../common/entries/packed.ts';

/** `count` distinct IPv4 /32s from `from` on, in pieces that fit one message. */
export function addressRows(count: number, from = 0): PackedEntries<'left'>[] {
  const pieces: PackedEntries<'left'>[] = [];
  for (let start = 0; start < count; start += 40_000) {
    const rows = Math.min(40_000, count - start);
    const addresses = Buffer.alloc(rows * 4);
    for (let i = 0; i < rows; i++) addresses.writeUInt32BE(spread(from + start + i), i * 4);
    pieces.push({
      v4: {
        count: rows,
        addresses,
        lengths: new Uint8Array(rows).fill(32),
        flags: new Uint8Array(rows),
        timesMs: new Float64Array(0),
      },
      v6: noRows(),
    });
  }
  return pieces;
}

function noRows() {
  const none = new Uint8Array(0);
  return { count: 0, addresses: none, lengths: none, flags: none, timesMs: new Float64Array(0) };
}

/** Distinct addresses all over 16.0.0.0 to 79.255.255.255: a permutation of 30-bit numbers. */
function spread(i: number): number {
  return 0x10000000 + ((Math.imul(i, 0x2c1b3c6d) >>> 0) & 0x3fffffff);
}
