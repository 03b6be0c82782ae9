// What hand-written codecs need of Protocol Buffers' encoding (protobuf.dev/programming-guides/encoding).

/** Wire types. */
export const VARINT = 0;
/** Length first: strings, bytes and messages. */
export const BYTES = 2;

/** Values below this are exact in seven groups of seven bits, and in a number: larger ones are the generated codec's. */
export const MAX_VARINT = 2 ** 49;
/** Most that one byte of a length or of a value holds. */
export const MAX_SHORT = 0x7f;

/** The byte before a field; `field` up to 15. */
export function tag(field: number, type: typeof VARINT | typeof BYTES): number {
  return (field << 3) | type;
}

/** Whether the bytes of a string are its characters. */
export function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] ?? 0x80) > MAX_SHORT) return false;
  return true;
}

const NOTHING = Buffer.alloc(0);

/** A message that is the field `field` of another one. */
export function messageField(field: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([header(field, length), ...parts]);
}

/** Nothing for an empty value, as proto3 has it. */
export function bytesField(field: number, value: Uint8Array): Buffer {
  return value.length === 0 ? NOTHING : Buffer.concat([header(field, value.length), value]);
}

/** UTF-8. Nothing for an empty text. */
export function textField(field: number, value: string): Buffer {
  return bytesField(field, Buffer.from(value));
}

/** Nothing for 0. */
export function varintField(field: number, value: bigint | number): Buffer {
  return value === 0n || value === 0 ? NOTHING : Buffer.from([tag(field, VARINT), ...varint(BigInt(value))]);
}

function header(field: number, length: number): Buffer {
  return Buffer.from([tag(field, BYTES), ...varint(BigInt(length))]);
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}

/** Where reading stands. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** Reads the length of a field. @returns where the field ends; undefined when that is past `limit` */
export function readEnd(cursor: Cursor, limit: number): number | undefined {
  const length = readVarint(cursor, limit);
  return length === undefined || cursor.at + length > limit ? undefined : cursor.at + length;
}

/** @returns undefined past `limit`, and for what has more than seven bytes */
export function readVarint(cursor: Cursor, limit: number): number | undefined {
  let value = 0;
  for (let scale = 1; scale < MAX_VARINT; scale *= 128) {
    const byte = cursor.at < limit ? cursor.bytes[cursor.at++] : undefined;
    if (byte === undefined) return undefined;
    value += (byte & MAX_SHORT) * scale;
    if (byte <= MAX_SHORT) return value;
  }
  return undefined;
}
