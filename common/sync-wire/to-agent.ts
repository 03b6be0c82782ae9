// Encodes what goes down the Sync streams, once for all hosts that get the same. By hand, because the parts are shared: the
// columns of a delta are encoded once, whatever revision each host comes from. to-agent.test.ts holds it against the generated codec.
import type { Digest } from '../entries/digest.ts';
import { addressBytes, type FamilyColumns, NO_ENTRIES, type PackedEntries, type TimeBase } from '../entries/packed.ts';
import { sliceColumns } from '../entries/rows.ts';
import { withoutTimes } from '../entries/times.ts';
import { toWire } from '../entries/wire.ts';
import type { Revision } from '../revision.ts';
import type { Family } from '../text/prefix.ts';

const VARINT = 0;
const BYTES = 2;

/** Fields of ControllerMessage's oneof. */
const Message = {
  welcome: 1,
  delta: 2,
  snapshotBegin: 3,
  snapshotChunk: 4,
  snapshotEnd: 5,
  ping: 6,
  lookup: 7,
  dropWatch: 8,
} as const;

/** Rows of columns take at most this much of a message, so that no message is over 256 KiB. */
export const MAX_COLUMN_BYTES = 248 * 1024;

export function encodeWelcome(welcome: {
  protocol: number;
  epoch: string;
  hostName: string;
  statusIntervalMs: number;
  silenceLimitMs: number;
  reconnectLimitMs: number;
  sessionKey: Uint8Array;
}): Buffer {
  return message(Message.welcome, [
    varintField(1, BigInt(welcome.protocol)),
    bytesField(2, Buffer.from(welcome.epoch)),
    bytesField(3, Buffer.from(welcome.hostName)),
    varintField(4, BigInt(welcome.statusIntervalMs)),
    varintField(5, BigInt(welcome.silenceLimitMs)),
    varintField(6, BigInt(welcome.reconnectLimitMs)),
    bytesField(7, welcome.sessionKey),
  ]);
}

/** The columns of one delta message, encoded before it is known from which revision it will be sent. */
export function encodeDeltaColumns(adds: PackedEntries<'left'>, removes: PackedEntries): Buffer {
  return Buffer.concat([bytesField(4, encodePacked(adds)), bytesField(5, encodePacked(withoutTimes(removes)))]);
}

/** `from` undefined: a loose delta. `last` is what only the last part has. */
export function encodeDelta(
  epoch: string,
  from: Revision | undefined,
  to: Revision,
  columns: Buffer,
  last: { readonly digest: Digest; readonly seal: Uint8Array } | undefined,
): Buffer {
  return message(Message.delta, [
    bytesField(1, Buffer.from(epoch)),
    varintField(2, from ?? 0n),
    varintField(3, to),
    columns,
    ...(last ? [bytesField(6, last.digest), bytesField(8, last.seal)] : [varintField(7, 1n)]),
    varintField(9, from === undefined ? 1n : 0n),
  ]);
}

export function encodeSnapshotBegin(epoch: string, revision: Revision, entries: number, resync: boolean): Buffer {
  return message(Message.snapshotBegin, [
    bytesField(1, Buffer.from(epoch)),
    varintField(2, revision),
    varintField(3, BigInt(entries)),
    varintField(4, resync ? 1n : 0n),
  ]);
}

export function encodeSnapshotChunk(entries: PackedEntries<'left'>): Buffer {
  return message(Message.snapshotChunk, [bytesField(1, encodePacked(entries))]);
}

export function encodeSnapshotEnd(revision: Revision, digest: Digest, seal: Uint8Array): Buffer {
  return message(Message.snapshotEnd, [varintField(1, revision), bytesField(2, digest), bytesField(3, seal)]);
}

export function encodePing(nonce: bigint): Buffer {
  return message(Message.ping, [varintField(1, nonce)]);
}

/** `address`: network byte order. */
export function encodeLookup(id: bigint, address: Uint8Array): Buffer {
  return message(Message.lookup, [varintField(1, id), bytesField(2, address)]);
}

/** `intervalMs` 0: nobody watches any more. */
export function encodeDropWatch(intervalMs: number, rows: number): Buffer {
  return message(Message.dropWatch, [varintField(1, BigInt(intervalMs)), varintField(2, BigInt(rows))]);
}

/** Cuts columns into pieces that each fit one message. No rows: no pieces. */
export function* cutColumns<Base extends TimeBase>(entries: PackedEntries<Base>): Generator<PackedEntries<Base>> {
  for (const v4 of cutFamily(entries.v4, 4)) yield { ...NO_ENTRIES, v4 };
  for (const v6 of cutFamily(entries.v6, 6)) yield { ...NO_ENTRIES, v6 };
}

function* cutFamily<Base extends TimeBase>(
  columns: FamilyColumns<Base>,
  family: Family,
): Generator<FamilyColumns<Base>> {
  const rowBytes = addressBytes(family) + 2 + (columns.timesMs.length > 0 ? 8 : 0);
  const most = Math.floor(MAX_COLUMN_BYTES / rowBytes);
  for (let start = 0; start < columns.count; start += most) yield sliceColumns(columns, family, start, start + most);
}

function encodePacked(entries: PackedEntries<'left'>): Buffer {
  const wire = toWire(entries);
  return Buffer.concat([
    bytesField(1, wire.v4Addresses),
    bytesField(2, wire.v4Lengths),
    bytesField(3, wire.v4Flags),
    bytesField(4, wire.v4Ttls),
    bytesField(5, wire.v6Addresses),
    bytesField(6, wire.v6Lengths),
    bytesField(7, wire.v6Flags),
    bytesField(8, wire.v6Ttls),
  ]);
}

function message(field: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(BigInt((field << 3) | BYTES)), varint(BigInt(length)), ...parts]);
}

/** Nothing for an empty value, as proto3 has it. */
function bytesField(field: number, value: Uint8Array): Buffer {
  if (value.length === 0) return Buffer.alloc(0);
  return Buffer.concat([varint(BigInt((field << 3) | BYTES)), varint(BigInt(value.length)), value]);
}

function varintField(field: number, value: bigint): Buffer {
  if (value === 0n) return Buffer.alloc(0);
  return Buffer.concat([varint(BigInt((field << 3) | VARINT)), varint(value)]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
