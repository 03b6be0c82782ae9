import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../common/rpc/channel.ts';
import { frameOf, MessageFrames } from './message-frames.ts';

it('gives messages back whole and in order, in whatever pieces they come', () => {
  const message = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 60 }), (messages, cuts) => {
      const bytes = Buffer.concat(messages.map(frameOf));
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      const frames = new MessageFrames();
      const got = at.slice(1).flatMap((end, i) => frames.take(bytes.subarray(at[i], end)));
      expect(got.map((each) => [...each])).toEqual(messages.map((each) => [...each]));
    }),
  );
});

it('refuses what is compressed, and what is longer than a message may be before it has come', () => {
  const compressed = frameOf(Buffer.alloc(3));
  compressed[0] = 1;
  expect(() => new MessageFrames().take(compressed)).toThrow(/compressed/);
  const head = frameOf(Buffer.alloc(0));
  head.writeUInt32BE(MAX_MESSAGE_BYTES + 1, 1);
  expect(() => new MessageFrames().take(head)).toThrow(/a message of 1048577 bytes/);
});
