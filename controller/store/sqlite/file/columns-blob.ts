// Packed columns as one checked blob: chunks of lists and the keys of history. Little-endian, with a CRC-32 at its end, because
// SQLite itself has no checksums over what it stores.
import { crc32 } from 'node:zlib';
import { bytesOfColumns, readColumns, writeColumns } from '../../../../common/entries/bytes.ts';
import type { FamilyColumns, PackedEntries } from '../../../../common/entries/packed.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import type { Family } from '../../../../common/text/prefix.ts';

const HAS_FLAGS = 1;
const HAS_TIMES = 2;
const HEADER_BYTES = 5;

/** The last time that a Date knows: stores of earlier versions may hold ends past it, which no caller could show. */
const LAST_TIME_MS = 8.64e15;

/** IPv4, then IPv6, each behind 5 bytes: its count, and which columns follow. Flags that are all 0 are left out. */
export function encodeColumns(entries: PackedEntries<'unix'>): Uint8Array {
  const families = [entries.v4, entries.v6];
  const size = families.reduce((sum, columns) => sum + HEADER_BYTES + bytesOfColumns(columns, hasFlags(columns)), 4);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const columns of families) at = writeBlock(bytes, view, at, columns);
  view.setUint32(at, crc32(bytes.subarray(0, at)), true);
  return bytes;
}

/** @throws FleetblockError DATA_LOSS when the bytes are not what was written. */
export function decodeColumns(bytes: Uint8Array): PackedEntries<'unix'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 4;
  if (end < 2 * HEADER_BYTES || view.getUint32(end, true) !== crc32(bytes.subarray(0, end))) throw damaged();
  const v4 = readBlock(bytes, view, 0, 4);
  const v6 = readBlock(bytes, view, v4.next, 6);
  if (v6.next !== end) throw damaged();
  return { v4: v4.columns, v6: v6.columns };
}

function damaged(): FleetblockError {
  return new FleetblockError(
    'DATA_LOSS',
    'the store is damaged (a packed column fails its checksum): restore a backup with fleetblock-controller restore',
  );
}

function hasFlags({ flags, count }: FamilyColumns<'unix'>): boolean {
  for (let row = 0; row < count; row++) if (flags[row] !== 0) return true;
  return false;
}

function writeBlock(bytes: Uint8Array, view: DataView, start: number, columns: FamilyColumns<'unix'>): number {
  const flags = hasFlags(columns);
  view.setUint32(start, columns.count, true);
  view.setUint8(start + 4, (flags ? HAS_FLAGS : 0) | (columns.timesMs.length > 0 ? HAS_TIMES : 0));
  return writeColumns(bytes, start + HEADER_BYTES, columns, flags);
}

function readBlock(bytes: Uint8Array, view: DataView, start: number, family: Family) {
  const bits = view.getUint8(start + 4);
  const kept = { count: view.getUint32(start, true), flags: (bits & HAS_FLAGS) !== 0, times: (bits & HAS_TIMES) !== 0 };
  const { columns, end } = readColumns<'unix'>(bytes, start + HEADER_BYTES, family, kept);
  return { columns: { ...columns, timesMs: columns.timesMs.map((time) => Math.min(LAST_TIME_MS, time)) }, next: end };
}
