// Records of the state file: length, CRC-32, kind, a JSON header, packed rows. Little-endian.
//
//   u32 payload bytes | u32 CRC-32 of the payload | payload: u32 kind | u32 header bytes | header, JSON | sets of rows
//   a set of rows, per family: u32 rows | u32 1 when times follow | addresses | lengths | flags | f64 remaining ms
import { crc32 } from 'node:zlib';
import { bytesOfColumns, readColumns, writeColumns } from '../../../common/entries/bytes.ts';
import type { FamilyColumns, PackedEntries } from '../../../common/entries/packed.ts';
import type { Family } from '../../../common/text/prefix.ts';

/** A view's beginning, its rows, its end; then what changed since. */
export type RecordKind = 'begin' | 'rows' | 'end' | 'delta';

/** A record that passed its CRC. */
export interface StateRecord {
  readonly kind: RecordKind;
  /** Parsed JSON, not yet checked. */
  readonly header: unknown;
  readonly sets: readonly PackedEntries<'left'>[];
}

/** `torn`: the bytes end inside a record. `corrupt`: a whole record is not what was written. */
export type ReadResult = { readonly record: StateRecord; readonly bytes: number } | 'torn' | 'corrupt';

const KINDS: readonly RecordKind[] = ['begin', 'rows', 'end', 'delta'];
const PREFIX_BYTES = 8;
const ROWS_HEADER_BYTES = 8;
/** Nothing that is written comes near it; what claims more is no record. */
const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** `header` must survive JSON. The result is a whole record with length and CRC, ready to be appended. */
export function encodeRecord(kind: RecordKind, header: object, sets: readonly PackedEntries[]): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const payloadBytes = 8 + json.length + sets.reduce((sum, set) => sum + setBytes(set), 0);
  const record = Buffer.alloc(PREFIX_BYTES + payloadBytes);
  record.writeUInt32LE(payloadBytes, 0);
  record.writeUInt32LE(KINDS.indexOf(kind), 8);
  record.writeUInt32LE(json.length, 12);
  json.copy(record, 16);
  let at = 16 + json.length;
  for (const set of sets) {
    at = writeRows(record, at, set.v4);
    at = writeRows(record, at, set.v6);
  }
  record.writeUInt32LE(crc32(record.subarray(PREFIX_BYTES)), 4);
  return record;
}

/** Bytes of the record at the start of `bytes`, or undefined while its length is not there yet. */
export function recordBytes(bytes: Buffer): number | undefined {
  return bytes.length < PREFIX_BYTES ? undefined : PREFIX_BYTES + bytes.readUInt32LE(0);
}

/** Reads the record at the start of `bytes`. Its rows share their memory. */
export function readRecord(bytes: Buffer): ReadResult {
  const whole = recordBytes(bytes);
  if (whole === undefined) return 'torn';
  if (whole > MAX_PAYLOAD_BYTES) return 'corrupt';
  if (whole > bytes.length) return 'torn';
  const payload = bytes.subarray(PREFIX_BYTES, whole);
  if (crc32(payload) !== bytes.readUInt32LE(4)) return 'corrupt';
  try {
    const kind = KINDS[payload.readUInt32LE(0)];
    if (kind === undefined) return 'corrupt';
    const rowsAt = 8 + payload.readUInt32LE(4);
    const header: unknown = JSON.parse(payload.toString('utf8', 8, rowsAt));
    const sets: PackedEntries<'left'>[] = [];
    for (let at = rowsAt; at < payload.length; ) {
      const v4 = readRows(payload, at, 4);
      const v6 = readRows(payload, v4.end, 6);
      sets.push({ v4: v4.columns, v6: v6.columns });
      at = v6.end;
    }
    return { record: { kind, header, sets }, bytes: whole };
  } catch {
    // Its checksum holds and yet it does not parse: written by something else.
    return 'corrupt';
  }
}

function setBytes({ v4, v6 }: PackedEntries): number {
  return 2 * ROWS_HEADER_BYTES + bytesOfColumns(v4) + bytesOfColumns(v6);
}

function writeRows(out: Buffer, start: number, columns: FamilyColumns): number {
  out.writeUInt32LE(columns.count, start);
  out.writeUInt32LE(columns.timesMs.length > 0 ? 1 : 0, start + 4);
  return writeColumns(out, start + ROWS_HEADER_BYTES, columns);
}

function readRows(bytes: Buffer, start: number, family: Family) {
  const kept = { count: bytes.readUInt32LE(start), flags: true, times: bytes.readUInt32LE(start + 4) === 1 };
  return readColumns<'left'>(bytes, start + ROWS_HEADER_BYTES, family, kept);
}
