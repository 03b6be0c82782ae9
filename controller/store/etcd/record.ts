// A record of the log as bytes: which one it is, which one is before it, and its body or the chunks that have it.
import { FleetblockError } from '../../../common/errors.ts';

/** A record of the log, by its place and by a random id: the same place in another life of the log has another id. */
export interface Tip {
  /** From 1, without gaps. */
  readonly position: bigint;
  /** 32 hexadecimal digits. */
  readonly id: string;
}

/** Before the first record. */
export const START: Tip = { position: 0n, id: '0'.repeat(32) };

/** SHA-256 of each chunk, hexadecimal. */
export type Chunks = readonly string[];

/** As it is stored under its position. */
export interface StoredRecord {
  readonly id: string;
  /** The id of the record before. */
  readonly previous: string;
  readonly content: Buffer | Chunks;
}

const INLINE = 1;
const IN_CHUNKS = 2;
const ID_BYTES = 16;
const HASH_BYTES = 32;
const HEADER = 1 + 2 * ID_BYTES;

/** One byte for the form, both ids, then the body or its hashes. */
export function encodeRecord(id: string, previous: string, content: Uint8Array | Chunks): Buffer {
  const inline = content instanceof Uint8Array;
  const rest = inline ? content : Buffer.from(content.join(''), 'hex');
  return Buffer.concat([Buffer.of(inline ? INLINE : IN_CHUNKS), Buffer.from(id + previous, 'hex'), rest]);
}

/** @throws FleetblockError DATA_LOSS: it is none, or of a later version */
export function decodeRecord(bytes: Buffer): StoredRecord {
  const [form] = bytes;
  const rest = bytes.subarray(HEADER);
  const wrong = form === IN_CHUNKS ? rest.length % HASH_BYTES !== 0 : form !== INLINE;
  if (wrong || bytes.length < HEADER)
    throw new FleetblockError('DATA_LOSS', 'a record in etcd is damaged, or of a newer fleetblock-controller');
  const hex = (from: number, length: number) => bytes.toString('hex', from, from + length);
  const hashes = () =>
    Array.from({ length: rest.length / HASH_BYTES }, (_, index) => hex(HEADER + index * HASH_BYTES, HASH_BYTES));
  return {
    id: hex(1, ID_BYTES),
    previous: hex(1 + ID_BYTES, ID_BYTES),
    content: form === INLINE ? rest : hashes(),
  };
}

/** The value of the head: text, for people who look into etcd. */
export function encodeTip({ position, id }: Tip): Buffer {
  return Buffer.from(`${position} ${id}`);
}

/** @throws FleetblockError DATA_LOSS: it is none */
export function decodeTip(bytes: Buffer): Tip {
  const [, position, id] = /^([0-9]+) ([0-9a-f]{32})$/.exec(bytes.toString()) ?? [];
  if (!position || !id) throw new FleetblockError('DATA_LOSS', 'the head of the log in etcd is damaged');
  return { position: BigInt(position), id };
}
