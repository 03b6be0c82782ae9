// Files that gzip has packed, unpacked as they are read.
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { bad } from './rows.ts';

/** Bytes of one piece that is unpacked, and of a document that is in memory as a whole. */
const PIECE = 256 * 1024;
const MOST = 256 * 1024 * 1024;

/** Whether it begins as a file of gzip does. */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** All of it. @throws FleetblockError INVALID_ARGUMENT: damaged or cut short; over 256 MiB when it is unpacked */
export async function unpackedWhole(bytes: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of unpacked(Readable.from([bytes]))) {
    size += piece.length;
    if (size > MOST) throw bad(`it is over ${MOST >> 20} MiB when it is unpacked`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What is not packed is passed on as it is. @throws FleetblockError INVALID_ARGUMENT: damaged or cut short. */
export async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  while (size < 2) {
    const { done, value } = await source.next();
    if (done) break;
    first.push(value);
    size += value.length;
  }
  const head = Buffer.concat(first);
  const all = rest(head, source);
  if (!isPacked(head)) {
    yield* all;
    return;
  }
  const gunzip = createGunzip({ chunkSize: PIECE });
  const input = Readable.from(all);
  input.once('error', (error) => gunzip.destroy(error));
  input.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    throw bad(`it cannot be unpacked: ${messageOf(error)}`);
  }
}

async function* rest(head: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const { done, value } = await source.next();
    if (done) return;
    yield value;
  }
}
