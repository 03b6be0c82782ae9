// The two messages that somebody waits for, a small change and its ack, read and written without the generated codec: a fleet on one
// machine, or a host that starts, has other work for its processor. Whatever else comes or goes is left to the generated codec, and
// to-controller.test.ts holds one against the other.

import type { Ack } from '../../proto/gen/fleetblock/v1/Ack.ts';
import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { PackedPrefixes__Output } from '../../proto/gen/fleetblock/v1/PackedPrefixes.ts';
import { protocol } from '../rpc/proto.ts';
import { BYTES, isAscii, tag, VARINT } from './protobuf.ts';

const { Sync } = protocol.AgentService.service;

/** The method as this side speaks it. */
export const syncMethod = {
  path: Sync.path,
  serialize: (message: AgentMessage): Buffer =>
    (message.ack && encodeAck(message.ack)) ?? Sync.requestSerialize(message),
  deserialize: (bytes: Buffer): ControllerMessage__Output => decodeDelta(bytes) ?? Sync.responseDeserialize(bytes),
};

/** One byte of length or of a tag, and values of seven bytes: what small changes and acks have. */
const MAX_SHORT = 0x7f;
const MAX_VARINT = 2 ** 49;

/** @returns undefined when it is none that agents of this version send */
function encodeAck({ storeEpoch, revision, digest, entries, kernelUs }: Ack): Buffer | undefined {
  const numbers = [Number(revision), Number(entries), Number(kernelUs)] as const;
  if (typeof storeEpoch !== 'string' || !(digest instanceof Uint8Array)) return undefined;
  if (!numbers.every((value) => Number.isInteger(value) && value >= 0 && value < MAX_VARINT)) return undefined;
  const epochBytes = Buffer.byteLength(storeEpoch);
  // Five tags, two lengths, three varints of seven bytes.
  if (epochBytes + digest.length > MAX_SHORT - 28) return undefined;
  const bytes = Buffer.allocUnsafe(MAX_SHORT + 2);
  bytes[0] = tag(2, BYTES);
  bytes[2] = tag(1, BYTES);
  bytes[3] = epochBytes;
  bytes.write(storeEpoch, 4);
  let at = writeVarint(bytes, 4 + epochBytes, tag(2, VARINT), numbers[0]);
  bytes[at] = tag(3, BYTES);
  bytes[at + 1] = digest.length;
  bytes.set(digest, at + 2);
  at = writeVarint(bytes, at + 2 + digest.length, tag(4, VARINT), numbers[1]);
  at = writeVarint(bytes, at, tag(5, VARINT), numbers[2]);
  bytes[1] = at - 2;
  return bytes.subarray(0, at);
}

function writeVarint(bytes: Buffer, at: number, fieldTag: number, value: number): number {
  bytes[at++] = fieldTag;
  let rest = value;
  for (; rest > MAX_SHORT; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80;
  bytes[at++] = rest;
  return at;
}

const NO_BYTES = Buffer.alloc(0);

/** Where reading stands. */
interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** @returns a delta of one part, whose fields come once and in their order; undefined when it is anything else */
function decodeDelta(bytes: Buffer): ControllerMessage__Output | undefined {
  if (bytes[0] !== tag(2, BYTES)) return undefined;
  const cursor = { bytes, at: 1 };
  const end = readEnd(cursor, bytes.length);
  if (end !== bytes.length) return undefined;
  let storeEpoch = '';
  let fromRevision = 0;
  let toRevision = 0;
  let digest: Buffer = NO_BYTES;
  let seal: Buffer = NO_BYTES;
  let adds: PackedPrefixes__Output | null = null;
  let removes: PackedPrefixes__Output | null = null;
  for (let last = 0; cursor.at < end; ) {
    const fieldTag = bytes[cursor.at++] ?? 0;
    if (fieldTag <= last) return undefined;
    last = fieldTag;
    if (fieldTag === tag(2, VARINT) || fieldTag === tag(3, VARINT)) {
      const value = readVarint(cursor, end);
      if (value === undefined) return undefined;
      if (fieldTag === tag(2, VARINT)) fromRevision = value;
      else toRevision = value;
      continue;
    }
    const fieldEnd = readEnd(cursor, end);
    if (fieldEnd === undefined) return undefined;
    switch (fieldTag) {
      case tag(1, BYTES):
        if (!isAscii(bytes, cursor.at, fieldEnd)) return undefined;
        storeEpoch = bytes.toString('latin1', cursor.at, fieldEnd);
        break;
      case tag(4, BYTES):
        adds = readPacked(cursor, fieldEnd) ?? null;
        if (!adds) return undefined;
        break;
      case tag(5, BYTES):
        removes = readPacked(cursor, fieldEnd) ?? null;
        if (!removes) return undefined;
        break;
      case tag(6, BYTES):
        digest = bytes.subarray(cursor.at, fieldEnd);
        break;
      case tag(8, BYTES):
        seal = bytes.subarray(cursor.at, fieldEnd);
        break;
      default:
        return undefined;
    }
    cursor.at = fieldEnd;
  }
  const revisions = { fromRevision: `${fromRevision}`, toRevision: `${toRevision}` };
  return {
    delta: { storeEpoch, ...revisions, adds, removes, digest, more: false, seal, loose: false },
    message: 'delta',
  };
}

function readPacked(cursor: Cursor, end: number): PackedPrefixes__Output | undefined {
  const columns: PackedPrefixes__Output = {
    v4Addresses: NO_BYTES,
    v4Lengths: NO_BYTES,
    v4Flags: NO_BYTES,
    v4Ttls: NO_BYTES,
    v6Addresses: NO_BYTES,
    v6Lengths: NO_BYTES,
    v6Flags: NO_BYTES,
    v6Ttls: NO_BYTES,
  };
  for (let last = 0; cursor.at < end; ) {
    const fieldTag = cursor.bytes[cursor.at++] ?? 0;
    const name = COLUMNS[fieldTag >> 3];
    const fieldEnd = readEnd(cursor, end);
    if (fieldTag <= last || (fieldTag & 7) !== BYTES || name === undefined || fieldEnd === undefined) return undefined;
    last = fieldTag;
    columns[name] = cursor.bytes.subarray(cursor.at, fieldEnd);
    cursor.at = fieldEnd;
  }
  return columns;
}

/** By field number. */
const COLUMNS = [
  undefined,
  'v4Addresses',
  'v4Lengths',
  'v4Flags',
  'v4Ttls',
  'v6Addresses',
  'v6Lengths',
  'v6Flags',
  'v6Ttls',
] as const;

/** Reads a length. @returns where what has it ends; undefined when that is past `limit` */
function readEnd(cursor: Cursor, limit: number): number | undefined {
  const length = readVarint(cursor, limit);
  return length === undefined || cursor.at + length > limit ? undefined : cursor.at + length;
}

/** @returns undefined past `limit`, and for what has more than seven bytes */
function readVarint(cursor: Cursor, limit: number): number | undefined {
  let value = 0;
  for (let scale = 1; scale < MAX_VARINT; scale *= 128) {
    const byte = cursor.at < limit ? cursor.bytes[cursor.at++] : undefined;
    if (byte === undefined) return undefined;
    value += (byte & MAX_SHORT) * scale;
    if (byte <= MAX_SHORT) return value;
  }
  return undefined;
}
