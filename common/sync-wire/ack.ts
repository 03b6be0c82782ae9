// An agent's proof as the hub reads it. Acks come a thousand at a time while somebody waits for them, so that the plain ones are
// decoded here, straight from their bytes; whatever looks otherwise is left to the generated codec, which also says what is wrong.

import type { Ack__Output } from '../../proto/gen/fleetblock/v1/Ack.ts';
import type { Digest } from '../entries/digest.ts';
import { parseRevision, type Revision } from '../revision.ts';
import { BYTES, isAscii, tag, VARINT } from './protobuf.ts';

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

/** AgentMessage.ack, and the fields of Ack. */
const ACK = tag(2, BYTES);
const EPOCH = tag(1, BYTES);
const REVISION = tag(2, VARINT);
const DIGEST = tag(3, BYTES);
const ENTRIES = tag(4, VARINT);
const KERNEL_US = tag(5, VARINT);

const NO_DIGEST: Digest = new Uint8Array(0);

/** @returns the ack that an AgentMessage is; undefined when it is another message, or an ack in a form that agents do not write */
export function decodeAck(message: Buffer): Ack | undefined {
  const end = message.length;
  // One byte of length: an ack takes some eighty.
  if (message[0] !== ACK || message[1] !== end - 2 || end - 2 > 127) return undefined;
  let epoch = '';
  let revision = 0;
  let digest = NO_DIGEST;
  let entries = 0;
  let kernelUs = 0;
  let at = 2;
  while (at < end) {
    const tag = message[at++];
    if (tag === EPOCH || tag === DIGEST) {
      const length = message[at++] ?? 128;
      if (length > 127 || at + length > end) return undefined;
      if (tag === DIGEST) digest = message.subarray(at, at + length);
      else if (isAscii(message, at, at + length)) epoch = message.toString('latin1', at, at + length);
      else return undefined;
      at += length;
    } else {
      let value = 0;
      let scale = 1;
      let byte: number | undefined;
      do {
        byte = message[at++];
        // Seven groups of seven bits are exact in a number; more, and the end of the message, are for the generated codec.
        if (byte === undefined || scale === 2 ** 49) return undefined;
        value += (byte & 0x7f) * scale;
        scale *= 128;
      } while (byte > 0x7f);
      if (tag === REVISION) revision = value;
      else if (tag === ENTRIES) entries = value;
      else if (tag === KERNEL_US) kernelUs = value;
      else return undefined;
    }
  }
  return { epoch, revision: BigInt(revision), digest, entries, kernelUs };
}
