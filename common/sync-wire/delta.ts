// The change of a view, which a caller waits for. Its columns are encoded once for all hosts that get them, whatever revision each comes
// from. An agent reads a small one here, and leaves whatever looks otherwise to the generated codec.

import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { PackedPrefixes__Output } from '../../proto/gen/fleetblock/v1/PackedPrefixes.ts';
import type { Digest } from '../entries/digest.ts';
import type { PackedEntries } from '../entries/packed.ts';
import { withoutTimes } from '../entries/times.ts';
import { toWire } from '../entries/wire.ts';
import type { Revision } from '../revision.ts';
import { CONTROLLER_MESSAGE, DELTA, PACKED_PREFIXES } from './fields.ts';
import {
  BYTES,
  bytesField,
  type Cursor,
  isAscii,
  messageField,
  readEnd,
  readVarint,
  tag,
  textField,
  VARINT,
  varintField,
} from './protobuf.ts';

/** The columns of one delta message, encoded before it is known from which revision it will be sent. */
export function encodeDeltaColumns(adds: PackedEntries<'left'>, removes: PackedEntries): Buffer {
  return Buffer.concat([
    bytesField(DELTA.adds, encodePacked(adds)),
    bytesField(DELTA.removes, encodePacked(withoutTimes(removes))),
  ]);
}

/** `from` undefined: a loose delta. `last` is what only the last part has. */
export function encodeDelta(
  epoch: string,
  from: Revision | undefined,
  to: Revision,
  columns: Buffer,
  last: { readonly digest: Digest; readonly seal: Uint8Array } | undefined,
): Buffer {
  return messageField(CONTROLLER_MESSAGE.delta, [
    textField(DELTA.storeEpoch, epoch),
    varintField(DELTA.fromRevision, from ?? 0n),
    varintField(DELTA.toRevision, to),
    columns,
    ...(last
      ? [bytesField(DELTA.digest, last.digest), bytesField(DELTA.seal, last.seal)]
      : [varintField(DELTA.more, 1)]),
    varintField(DELTA.loose, from === undefined ? 1 : 0),
  ]);
}

/** As fleetblock.v1.PackedPrefixes. */
export function encodePacked(entries: PackedEntries<'left'>): Buffer {
  const wire = toWire(entries);
  return Buffer.concat(PACKED_PREFIXES.map((name, i) => bytesField(i + 1, wire[name])));
}

const MESSAGE = tag(CONTROLLER_MESSAGE.delta, BYTES);
const EPOCH = tag(DELTA.storeEpoch, BYTES);
const FROM_REVISION = tag(DELTA.fromRevision, VARINT);
const TO_REVISION = tag(DELTA.toRevision, VARINT);
const ADDS = tag(DELTA.adds, BYTES);
const REMOVES = tag(DELTA.removes, BYTES);
const DIGEST = tag(DELTA.digest, BYTES);
const SEAL = tag(DELTA.seal, BYTES);
const NO_BYTES = Buffer.alloc(0);

/** @returns a delta of one part, whose fields come once and in their order; undefined when it is anything else */
export function decodeDelta(bytes: Buffer): ControllerMessage__Output | undefined {
  if (bytes[0] !== MESSAGE) return undefined;
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
    if (fieldTag === FROM_REVISION || fieldTag === TO_REVISION) {
      const value = readVarint(cursor, end);
      if (value === undefined) return undefined;
      if (fieldTag === FROM_REVISION) fromRevision = value;
      else toRevision = value;
      continue;
    }
    const fieldEnd = readEnd(cursor, end);
    if (fieldEnd === undefined) return undefined;
    switch (fieldTag) {
      case EPOCH:
        if (!isAscii(bytes, cursor.at, fieldEnd)) return undefined;
        storeEpoch = bytes.toString('latin1', cursor.at, fieldEnd);
        break;
      case ADDS:
        adds = readPacked(cursor, fieldEnd) ?? null;
        if (!adds) return undefined;
        break;
      case REMOVES:
        removes = readPacked(cursor, fieldEnd) ?? null;
        if (!removes) return undefined;
        break;
      case DIGEST:
        digest = bytes.subarray(cursor.at, fieldEnd);
        break;
      case SEAL:
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
    const name = PACKED_PREFIXES[(fieldTag >> 3) - 1];
    const fieldEnd = readEnd(cursor, end);
    if (fieldTag <= last || (fieldTag & 7) !== BYTES || name === undefined || fieldEnd === undefined) return undefined;
    last = fieldTag;
    columns[name] = cursor.bytes.subarray(cursor.at, fieldEnd);
    cursor.at = fieldEnd;
  }
  return columns;
}
