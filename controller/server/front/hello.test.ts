import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EarlyBytes } from './hello.ts';

const record = (length: number) =>
  Buffer.concat([Buffer.from([22, 3, 1, length >> 8, length & 255]), Buffer.alloc(length)]);

it('knows a whole record in whatever pieces it comes, and gives all bytes back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 16_384 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      fc.nat(500),
      (length, cuts, more) => {
        const bytes = Buffer.concat([record(length), Buffer.alloc(more)]);
        const at = [0, ...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
        const early = new EarlyBytes();
        for (const [i, end] of at.slice(1).entries()) {
          const state = early.add(bytes.subarray(at[i], end));
          expect(state).toBe(end >= 5 + length ? 'whole' : 'partial');
        }
        expect(early.take().equals(bytes)).toBe(true);
      },
    ),
  );
});

it('knows what will never be a hello', () => {
  for (const junk of ['GET / HTTP/1.1\r\n', '\u0016\u0003\u0001\u0000\u0000', '\u0016\u0003\u0001\u0040\u0001', 'x'])
    expect(new EarlyBytes().add(Buffer.from(junk, 'latin1'))).toBe('junk');
});

it('takes at most what a client sends before an answer, and no hello byte by byte', () => {
  const long = new EarlyBytes();
  expect(long.add(record(16_384))).toBe('whole');
  expect(long.add(record(16_384))).toBe('whole');
  expect(long.add(Buffer.alloc(1))).toBe('junk');
  const drip = new EarlyBytes();
  const states = [...record(200)].map((byte) => drip.add(Buffer.from([byte])));
  expect(states.indexOf('junk')).toBe(64);
});
