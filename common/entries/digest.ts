// The digest that both ends of a stream keep of a view, and compare with every ack.

/** 8 bytes: two 32-bit sums, big-endian. Equal tables (prefix, allow, monitor; not expiry) have equal digests. */
export type Digest = Uint8Array;

/** Of a table without rows. */
export const EMPTY_DIGEST: Digest = new Uint8Array(8);

/** Of the two sums, modulo 2^32. */
export function digestOf(first: number, second: number): Digest {
  // Byte by byte: a view of the buffer would cost more than all the rest of a small change's digest.
  return Uint8Array.of(
    first >>> 24,
    first >>> 16,
    first >>> 8,
    first,
    second >>> 24,
    second >>> 16,
    second >>> 8,
    second,
  );
}

/** Not in constant time: a digest is no secret. */
export function equalDigests(a: Digest, b: Digest): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
