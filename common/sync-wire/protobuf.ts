// What hand-written readers and writers of hot messages need of Protocol Buffers' encoding (protobuf.dev/programming-guides/encoding).

/** Wire types. */
export const VARINT = 0;
export const BYTES = 2;

/** The byte before a field; `field` up to 15. */
export function tag(field: number, type: typeof VARINT | typeof BYTES): number {
  return (field << 3) | type;
}

/** Whether the bytes of a string are its characters. */
export function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] ?? 0x80) > 0x7f) return false;
  return true;
}
