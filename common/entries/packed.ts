// Entries as parallel columns: the form in which a view travels, from the store's encoder to the kernel's batch calls.

import { FleetblockError } from '../errors.ts';
import { MAX_TTL_MS } from '../text/duration.ts';
import { type Family, maskAddress, type Prefix } from '../text/prefix.ts';

/** Bits of the flags column. */
export const FLAG_ALLOW = 1;
export const FLAG_MONITOR = 2;

/** Rows of one family. All columns have one element a row (`addresses`: `addressBytes(family)` elements). */
export interface FamilyColumns {
  readonly count: number;
  /** Network byte order, canonical (host bits zero). */
  readonly addresses: Uint8Array;
  /** Bits. */
  readonly lengths: Uint8Array;
  /** FLAG_ALLOW, FLAG_MONITOR. */
  readonly flags: Uint8Array;
  /** Milliseconds left to live, 0 for no end. Empty when no row ends. */
  readonly ttlsMs: Float64Array;
}

export interface PackedEntries {
  readonly v4: FamilyColumns;
  readonly v6: FamilyColumns;
}

/** One entry as an object: for single changes, tests and what people read; never for a million of them. */
export interface Entry {
  readonly prefix: Prefix;
  readonly allow: boolean;
  readonly monitor: boolean;
  /** Milliseconds left to live, 0 for no end. */
  readonly ttlMs: number;
}

/** The wire form (fleetblock.v1.PackedPrefixes), with times as 64-bit little-endian integers. */
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

export const addressBytes = (family: Family): 4 | 16 => (family === 4 ? 4 : 16);

const NO_ROWS: FamilyColumns = {
  count: 0,
  addresses: new Uint8Array(0),
  lengths: new Uint8Array(0),
  flags: new Uint8Array(0),
  ttlsMs: new Float64Array(0),
};

export const NO_ENTRIES: PackedEntries = { v4: NO_ROWS, v6: NO_ROWS };

export function entryCount(entries: PackedEntries): number {
  return entries.v4.count + entries.v6.count;
}

export function packEntries(entries: readonly Entry[]): PackedEntries {
  const pack = (family: Family): FamilyColumns => {
    const rows = entries.filter((entry) => entry.prefix.family === family);
    if (rows.length === 0) return NO_ROWS;
    const width = addressBytes(family);
    const addresses = new Uint8Array(rows.length * width);
    rows.forEach((row, i) => {
      addresses.set(row.prefix.address, i * width);
    });
    return {
      count: rows.length,
      addresses,
      lengths: Uint8Array.from(rows, (row) => row.prefix.length),
      flags: Uint8Array.from(rows, (row) => (row.allow ? FLAG_ALLOW : 0) | (row.monitor ? FLAG_MONITOR : 0)),
      ttlsMs: rows.some((row) => row.ttlMs > 0) ? Float64Array.from(rows, (row) => row.ttlMs) : new Float64Array(0),
    };
  };
  return { v4: pack(4), v6: pack(6) };
}

export function unpackEntries(entries: PackedEntries): Entry[] {
  const unpack = (family: Family, columns: FamilyColumns): Entry[] => {
    const width = addressBytes(family);
    return Array.from({ length: columns.count }, (_, i) => ({
      prefix: { family, address: columns.addresses.slice(i * width, (i + 1) * width), length: columns.lengths[i] ?? 0 },
      allow: ((columns.flags[i] ?? 0) & FLAG_ALLOW) !== 0,
      monitor: ((columns.flags[i] ?? 0) & FLAG_MONITOR) !== 0,
      ttlMs: columns.ttlsMs[i] ?? 0,
    }));
  };
  return [...unpack(4, entries.v4), ...unpack(6, entries.v6)];
}

export function toWire(entries: PackedEntries): PackedWire {
  return {
    v4Addresses: entries.v4.addresses,
    v4Lengths: entries.v4.lengths,
    v4Flags: entries.v4.flags,
    v4Ttls: encodeTtls(entries.v4.ttlsMs),
    v6Addresses: entries.v6.addresses,
    v6Lengths: entries.v6.lengths,
    v6Flags: entries.v6.flags,
    v6Ttls: encodeTtls(entries.v6.ttlsMs),
  };
}

/**
 * Checks and wraps what came over the wire; the columns share the message's memory.
 * @throws FleetblockError INVALID_ARGUMENT: columns of unequal length, a length out of range, host bits set, an unknown flag,
 *   a time to live of more than a century.
 */
export function fromWire(wire: PackedWire | null): PackedEntries {
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
): FamilyColumns {
  const width = addressBytes(family);
  const count = lengths.length;
  const bad = (what: string) => new FleetblockError('INVALID_ARGUMENT', `packed IPv${family} prefixes: ${what}`);
  if (addresses.length !== count * width || flags.length !== count || (ttls.length !== 0 && ttls.length !== count * 8))
    throw bad('columns of unequal length');
  for (let row = 0; row < count; row++) {
    const length = lengths[row] ?? 0;
    if (length > width * 8) throw bad(`row ${row} has length ${length}`);
    if (((flags[row] ?? 0) & ~(FLAG_ALLOW | FLAG_MONITOR)) !== 0) throw bad(`row ${row} has unknown flags`);
    if (length < width * 8 && hasHostBits(addresses, row * width, width, length))
      throw bad(`row ${row} has host bits set`);
  }
  const ttlsMs = decodeTtls(ttls);
  const late = ttlsMs.findIndex((ttl) => ttl > MAX_TTL_MS);
  if (late >= 0) throw bad(`row ${late} ends in more than 100 years: leave its time out for no end`);
  return { count, addresses, lengths, flags, ttlsMs };
}

function hasHostBits(addresses: Uint8Array, offset: number, width: number, length: number): boolean {
  const first = length >> 3;
  if (((addresses[offset + first] ?? 0) & (0xff >> (length & 7))) !== 0) return true;
  for (let i = first + 1; i < width; i++) if (addresses[offset + i] !== 0) return true;
  return false;
}

/** Cuts what is longer than the other side takes: an end a century ahead is further still after the clock was set back. */
function encodeTtls(ttlsMs: Float64Array): Uint8Array {
  const bytes = new Uint8Array(ttlsMs.length * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < ttlsMs.length; i++) {
    const ttl = Math.min(MAX_TTL_MS, Math.ceil(ttlsMs[i] ?? 0));
    view.setUint32(i * 8, ttl % 2 ** 32, true);
    view.setUint32(i * 8 + 4, Math.floor(ttl / 2 ** 32), true);
  }
  return bytes;
}

function decodeTtls(bytes: Uint8Array): Float64Array {
  if (bytes.length === 0) return NO_ROWS.ttlsMs;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from(
    { length: bytes.length / 8 },
    (_, i) => view.getUint32(i * 8, true) + view.getUint32(i * 8 + 4, true) * 2 ** 32,
  );
}

/** The rows at these places, in memory of their own. */
export function pickRows(columns: FamilyColumns, family: Family, places: readonly number[]): FamilyColumns {
  const width = addressBytes(family);
  const addresses = new Uint8Array(places.length * width);
  for (const [to, row] of places.entries())
    addresses.set(columns.addresses.subarray(row * width, (row + 1) * width), to * width);
  const pick = (column: Uint8Array) => Uint8Array.from(places, (row) => column[row] ?? 0);
  return {
    count: places.length,
    addresses,
    lengths: pick(columns.lengths),
    flags: pick(columns.flags),
    ttlsMs: Float64Array.from(columns.ttlsMs.length > 0 ? places : [], (row) => columns.ttlsMs[row] ?? 0),
  };
}

/** Canonical bytes of a prefix from parts that may have host bits: for tests and generators. */
export function makePrefix(family: Family, address: Uint8Array, length: number): Prefix {
  return { family, address: maskAddress(address, length), length };
}
