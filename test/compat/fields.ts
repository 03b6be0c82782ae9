// Changes in encoded messages that leave every other byte as it was recorded: fields that name this run instead of the recorded one,
// and what a later minor version may add.
import {
  BYTES,
  type Cursor,
  messageField,
  readEnd,
  readVarint,
  VARINT,
  varintField,
} from '../../common/sync-wire/protobuf.ts';

/** Fields 100 and 101, a number and bytes, which no message of this version has. */
const UNKNOWN_FIELDS = Buffer.from([0xa0, 0x06, 0x2a, 0xaa, 0x06, 0x03, 0x6e, 0x65, 0x77]);

/** A message of a kind that this version does not know: field 102. */
export const UNKNOWN_KIND = Buffer.from([0xb2, 0x06, 0x02, 0x08, 0x01]);

/** The message with fields that only a later version knows. */
export function withUnknownFields(message: Buffer): Buffer {
  const { field, parts } = opened(message);
  return Buffer.concat([messageField(field, [...parts.values(), UNKNOWN_FIELDS]), UNKNOWN_FIELDS]);
}

/** `fields`: encoded, by number; an empty one removes its field. */
export function withFields(message: Buffer, fields: Readonly<Record<number, Buffer>>): Buffer {
  const { field, parts } = opened(message);
  for (const [number, bytes] of Object.entries(fields)) parts.set(Number(number), bytes);
  return messageField(field, [...parts.values()]);
}

/** A number's field as it stands in a message. */
export const numberField = (field: number, text: string): Buffer => varintField(field, BigInt(text));

/** A message of one kind: the kind's field, and the fields inside as they are encoded; those of one number are together. */
function opened(message: Buffer): { readonly field: number; readonly parts: Map<number, Buffer> } {
  const [outer, ...more] = fieldsIn(message);
  if (outer === undefined || more.length > 0) throw new Error('a message of the sync stream has one kind');
  const parts = new Map<number, Buffer>();
  for (const { number, bytes } of fieldsIn(outer.value))
    parts.set(number, Buffer.concat([parts.get(number) ?? Buffer.alloc(0), bytes]));
  return { field: outer.number, parts };
}

/** `bytes`: the whole field; `value`: without its tag and length. */
function fieldsIn(message: Buffer): { readonly number: number; readonly bytes: Buffer; readonly value: Buffer }[] {
  const fields = [];
  const cursor: Cursor = { bytes: message, at: 0 };
  while (cursor.at < message.length) {
    const from = cursor.at;
    const key = readVarint(cursor, message.length) ?? 0;
    let start = cursor.at;
    if (key % 8 === VARINT) while ((message[cursor.at++] ?? 0) > 0x7f);
    else if (key % 8 === BYTES) {
      const end = readEnd(cursor, message.length);
      start = cursor.at;
      cursor.at = end ?? Number.NaN;
    } else throw new Error(`a field of wire type ${key % 8}`);
    const { at } = cursor;
    if (!(at <= message.length)) throw new Error('a field that ends after its message');
    fields.push({ number: key >> 3, bytes: message.subarray(from, at), value: message.subarray(start, at) });
  }
  return fields;
}
