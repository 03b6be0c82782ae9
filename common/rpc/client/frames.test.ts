import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameReader, frameOf } from './frames.ts';

const MOST = 300;

it('gives messages back whole and in order, in whatever pieces they come', () => {
  const message = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 60 }), (messages, cuts) => {
      const bytes = Buffer.concat(messages.map((each) => frameOf(each, MOST)));
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      const frames = new FrameReader(MOST);
      const got = at.slice(1).flatMap((end, i) => frames.take(bytes.subarray(at[i], end)));
      expect(got.map((each) => [...each])).toEqual(messages.map((each) => [...each]));
    }),
  );
});

it('keeps no piece of a message, which as a buffer of its own may cost a hundred times its bytes', () => {
  const frames = new FrameReader(MOST);
  const got = [...frameOf(Buffer.from('a message'), MOST)].flatMap((byte) => {
    const piece = Buffer.of(byte);
    const whole = frames.take(piece).map(String);
    piece.fill(0);
    return whole;
  });
  expect(got).toEqual(['a message']);
});

it('refuses what is compressed, and what is longer than a message may be before it has come', () => {
  const compressed = frameOf(Buffer.alloc(3), MOST);
  compressed[0] = 1;
  expect(() => new FrameReader(MOST).take(compressed)).toThrow(/compressed/);
  const head = frameOf(Buffer.alloc(0), MOST);
  head.writeUInt32BE(MOST + 1, 1);
  expect(() => new FrameReader(MOST).take(head)).toThrow(/a message of 301 bytes/);
  expect(() => frameOf(Buffer.alloc(MOST + 1), MOST)).toThrow(/301 bytes, at most 300/);
});
