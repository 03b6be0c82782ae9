// A body that comes in crumbs, or too slowly.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { readMessage, readOnlyMessage } from './request-body.ts';

afterEach(() => void vi.useRealTimers());

it('keeps no piece of a body, which as a buffer of its own may cost a hundred times its bytes', async () => {
  const request = new IncomingMessage(new Socket());
  const message = readMessage(request);
  for (const letter of '{"a":1}') {
    const piece = Buffer.from(letter);
    request.push(piece);
    await expect.poll(() => request.readableLength, { interval: 1 }).toBe(0);
    piece.fill(0);
  }
  request.push(null);
  expect(String(await message)).toBe('{"a":1}');
});

it.each([
  ['one document', readMessage],
  ['the only message of a stream', readOnlyMessage],
])('does not wait for %s longer than for any single message', async (_, read) => {
  vi.useFakeTimers();
  const request = new IncomingMessage(new Socket());
  let ended: unknown;
  read(request).catch((error: unknown) => {
    ended = error;
  });
  request.push(Buffer.of(0, 0));
  await vi.advanceTimersByTimeAsync(10_001);
  expect(ended).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});
