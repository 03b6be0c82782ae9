// An agent's proof. Acks come a thousand at a time while a caller waits for them, so that the plain ones are written and read here;
// whatever looks otherwise is left to the generated codec, which also says what is wrong.

import type { Ack__Output, Ack as AckWire } from '../../proto/gen/fleetblock/v1/Ack.ts';
import type { Digest } from '../entries/digest.ts';
import { parseRevision, type Revision } from '../revision.ts';
import { ACK, AGENT_MESSAGE } from './fields.ts';
import { BYTES, isAscii, MAX_SHORT, MAX_VARINT, readEnd, readVarint, tag, VARINT } from './protobuf.ts';

/** Sent after the last kernel call of a change has returned. */
export interface Ack {
  readonly epoch: string;
  readonly revision: Revision;
  readonly digest: Digest;
  readonly entries: number;
  /** Microseconds in the kernel. */
  readonly kernelUs: number;
}

/** @throws FleetblockError INVALID_ARGUMENT */
export function ackFromWire(wire: Ack__Output): Ack {
  return {
    epoch: wire.storeEpoch,
    revision: parseRevision(wire.revision),
    digest: wire.digest,
    entries: Number(wire.entries),
    kernelUs: Number(wire.kernelUs),
  };
}

const MESSAGE = tag(AGENT_MESSAGE.ack, BYTES);
const EPOCH = tag(ACK.storeEpoch, BYTES);
const REVISION = tag(ACK.revision, VARINT);
const DIGEST = tag(ACK.digest, BYTES);
const ENTRIES = tag(ACK.entries, VARINT);
const KERNEL_US = tag(ACK.kernelUs, VARINT);

/** @returns undefined when it is none that agents of this version send */
export function encodeAck({ storeEpoch, revision, digest, entries, kernelUs }: AckWire): Buffer | undefined {
  const numbers = [Number(revision), Number(entries), Number(kernelUs)] as const;
  if (typeof storeEpoch !== 'string' || !(digest instanceof Uint8Array)) return undefined;
  if (!numbers.every((value) => Number.isInteger(value) && value >= 0 && value < MAX_VARINT)) return undefined;
  const epochBytes = Buffer.byteLength(storeEpoch);
  // Five tags, two lengths, three varints of seven bytes.
  if (epochBytes + digest.length > MAX_SHORT - 28) return undefined;
  const bytes = Buffer.allocUnsafe(MAX_SHORT + 2);
  bytes[0] = MESSAGE;
  bytes[2] = EPOCH;
  bytes[3] = epochBytes;
  bytes.write(storeEpoch, 4);
  let at = writeVarint(bytes, 4 + epochBytes, REVISION, numbers[0]);
  bytes[at] = DIGEST;
  bytes[at + 1] = digest.length;
  bytes.set(digest, at + 2);
  at = writeVarint(bytes, at + 2 + digest.length, ENTRIES, numbers[1]);
  at = writeVarint(bytes, at, KERNEL_US, numbers[2]);
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

const NO_DIGEST: Digest = new Uint8Array(0);

/** @returns the ack that an AgentMessage is; undefined when it is another message, or an ack in a form that agents do not write */
export function decodeAck(message: Buffer): Ack | undefined {
  const cursor = { bytes: message, at: 1 };
  const end = message.length;
  if (message[0] !== MESSAGE || readEnd(cursor, end) !== end) return undefined;
  let epoch = '';
  let revision = 0;
  let digest = NO_DIGEST;
  let entries = 0;
  let kernelUs = 0;
  while (cursor.at < end) {
    const field = message[cursor.at++];
    // A length, or the value itself.
    const value = readVarint(cursor, end);
    if (value === undefined) return undefined;
    if (field === REVISION) revision = value;
    else if (field === ENTRIES) entries = value;
    else if (field === KERNEL_US) kernelUs = value;
    else {
      const from = cursor.at;
      cursor.at += value;
      if (cursor.at > end) return undefined;
      if (field === DIGEST) digest = message.subarray(from, cursor.at);
      else if (field === EPOCH && isAscii(message, from, cursor.at))
        epoch = message.toString('latin1', from, cursor.at);
      else return undefined;
    }
  }
  return { epoch, revision: BigInt(revision), digest, entries, kernelUs };
}
