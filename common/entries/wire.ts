// The wire form of packed entries (fleetblock.v1.PackedPrefixes): remaining times as 64-bit little-endian milliseconds.

import { isKnownFlags } from '../action.ts';
import { FleetblockError } from '../errors.ts';
import { MAX_TTL_MS } from '../text/duration.ts';
import type { Family } from '../text/prefix.ts';
import { addressBytes, type FamilyColumns, NO_ENTRIES, NO_ROWS, type PackedEntries } from './packed.ts';

/** The message's fields. Times to live are 8 bytes per row, or none at all when no row of the family ends. */
export interface PackedWire {
  v4Addresses: Uint8Array;
  v4Lengths: Uint8Array;
  v4Flags: Uint8Array;
  v4Ttls: Uint8Array;
  v6Addresses: Uint8Array;
  v6Lengths: Uint8Array;
  v6Flags: Uint8Array;
  v6Ttls: Uint8Array;
}

/** The result shares memory with `entries`, except the times: rounded up to whole milliseconds, cut to a century. */
export function toWire(entries: PackedEntries<'left'>): PackedWire {
  return {
    v4Addresses: entries.v4.addresses,
    v4Lengths: entries.v4.lengths,
    v4Flags: entries.v4.flags,
    v4Ttls: encodeTtls(entries.v4.timesMs),
    v6Addresses: entries.v6.addresses,
    v6Lengths: entries.v6.lengths,
    v6Flags: entries.v6.flags,
    v6Ttls: encodeTtls(entries.v6.timesMs),
  };
}

/**
 * Checks and wraps what came over the wire; the columns share the message's memory.
 * @throws FleetblockError INVALID_ARGUMENT: columns of unequal length, a length out of range, host bits set, an unknown flag,
 *   a time to live of more than a century.
 */
export function fromWire(wire: PackedWire | null): PackedEntries<'left'> {
  if (wire === null) return NO_ENTRIES;
  return {
    v4: checkColumns(4, wire.v4Addresses, wire.v4Lengths, wire.v4Flags, wire.v4Ttls),
    v6: checkColumns(6, wire.v6Addresses, wire.v6Lengths, wire.v6Flags, wire.v6Ttls),
  };
}

function checkColumns(
  family: Family,
  addresses: Uint8Array,
  lengths: Uint8Array,
  flags: Uint8Array,
  ttls: Uint8Array,
): FamilyColumns<'left'> {
  const width = addressBytes(family);
  const count = lengths.length;
  const bad = (what: string) => new FleetblockError('INVALID_ARGUMENT', `packed IPv${family} prefixes: ${what}`);
  if (addresses.length !== count * width || flags.length !== count || (ttls.length !== 0 && ttls.length !== count * 8))
    throw bad('columns of unequal length');
  for (let row = 0; row < count; row++) {
    const length = lengths[row] ?? 0;
    if (length > width * 8) throw bad(`row ${row} has length ${length}`);
    if (!isKnownFlags(flags[row] ?? 0)) throw bad(`row ${row} has unknown flags`);
    if (length < width * 8 && hasHostBits(addresses, row * width, width, length))
      throw bad(`row ${row} has host bits set`);
  }
  const timesMs = decodeTtls(ttls);
  const late = timesMs.findIndex((ttl) => ttl > MAX_TTL_MS);
  if (late >= 0) throw bad(`row ${late} ends in more than 100 years: leave its time out for no end`);
  return { count, addresses, lengths, flags, timesMs };
}

function hasHostBits(addresses: Uint8Array, offset: number, width: number, length: number): boolean {
  const first = length >> 3;
  if (((addresses[offset + first] ?? 0) & (0xff >> (length & 7))) !== 0) return true;
  for (let i = first + 1; i < width; i++) if (addresses[offset + i] !== 0) return true;
  return false;
}

/** Cuts what is longer than the other side takes: an end a century ahead is further still after the clock was set back. */
function encodeTtls(timesMs: Float64Array): Uint8Array {
  const bytes = new Uint8Array(timesMs.length * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < timesMs.length; i++) {
    const ttl = Math.min(MAX_TTL_MS, Math.ceil(timesMs[i] ?? 0));
    view.setUint32(i * 8, ttl % 2 ** 32, true);
    view.setUint32(i * 8 + 4, Math.floor(ttl / 2 ** 32), true);
  }
  return bytes;
}

function decodeTtls(bytes: Uint8Array): Float64Array {
  if (bytes.length === 0) return NO_ROWS.timesMs;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from(
    { length: bytes.length / 8 },
    (_, i) => view.getUint32(i * 8, true) + view.getUint32(i * 8 + 4, true) * 2 ** 32,
  );
}
