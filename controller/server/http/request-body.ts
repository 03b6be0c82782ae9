// The body of a request, within a size and a time: a caller that sends without end, or a byte a minute, is refused.
import type { IncomingMessage } from 'node:http';
import { FleetblockError } from '../../../common/errors.ts';
import { FrameReader } from '../../../common/rpc/client/frames.ts';
import { Gathered } from '../../../common/rpc/client/gathered.ts';
import { type Patience, timely } from '../services/timely.ts';
import { MAX_JSON_BYTES } from './codec.ts';

/** For a request of one message. */
const PATIENCE: Patience = { idleMs: 10_000, totalMs: 30_000 };
/** For many: their reader has a patience of its own, for all of them together. */
const LONG_PATIENCE: Patience = { idleMs: 30_000, totalMs: 3_600_000 };

/** @throws FleetblockError RESOURCE_EXHAUSTED: longer than `mostBytes`; DEADLINE_EXCEEDED; Error: the caller is gone */
export async function readMessage(request: IncomingMessage, mostBytes = MAX_JSON_BYTES): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLong(mostBytes);
  const body = new Gathered();
  for await (const piece of timely<Buffer>(piecesOf(request), PATIENCE)) {
    if (body.length + piece.length > mostBytes) throw tooLong(mostBytes);
    body.add(piece);
  }
  return body.take();
}

/**
 * The messages of a stream in Connect's envelopes.
 * @throws FleetblockError INVALID_ARGUMENT: cut off, or compressed; RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED; Error: the caller is gone
 */
export async function* readMessages(request: IncomingMessage, patience = LONG_PATIENCE): AsyncGenerator<Buffer> {
  const frames = new FrameReader(MAX_JSON_BYTES, { name: 'the client', fault: 'INVALID_ARGUMENT' });
  for await (const piece of timely<Buffer>(piecesOf(request), patience)) yield* frames.take(piece);
  if (frames.inFrame) throw new FleetblockError('INVALID_ARGUMENT', 'the body ends in the middle of a message');
}

/** Only one message may come. @throws FleetblockError as `readMessages`, INVALID_ARGUMENT: none or several */
export async function readOnlyMessage(request: IncomingMessage): Promise<Buffer> {
  let only: Buffer | undefined;
  for await (const message of readMessages(request, PATIENCE)) {
    if (only) throw new FleetblockError('INVALID_ARGUMENT', 'a second message: this method takes one');
    only = message;
  }
  if (!only) throw new FleetblockError('INVALID_ARGUMENT', 'no message: this method takes one');
  return only;
}

/** What is not read is left to the connection: an answer can still be given. */
function piecesOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() };
}

function tooLong(mostBytes: number): FleetblockError {
  return new FleetblockError('RESOURCE_EXHAUSTED', `the body is longer than ${mostBytes} bytes`);
}
