// Times to live of the wire, at their limits.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_TTL_MS } from '../text/duration.ts';
import { parsePrefix } from '../text/prefix.ts';
import { NO_ENTRIES, packEntries, unpackEntries } from './packed.ts';
import { fromWire, toWire } from './wire.ts';

function wireOf(ttl: bigint) {
  const ttls = new Uint8Array(8);
  new DataView(ttls.buffer).setBigUint64(0, ttl, true);
  const address = Uint8Array.of(203, 0, 113, 2);
  return {
    ...toWire(NO_ENTRIES),
    v4Addresses: address,
    v4Lengths: Uint8Array.of(32),
    v4Flags: Uint8Array.of(0),
    v4Ttls: ttls,
  };
}

it.each([0n, 1n, BigInt(MAX_TTL_MS) - 1n, BigInt(MAX_TTL_MS)])('takes a time to live of %d', (ttl) => {
  expect(unpackEntries(fromWire(wireOf(ttl)))[0]?.ttlMs).toBe(Number(ttl));
});

it('faults row 57: refuses every time to live of more than a century', () => {
  const edges = [2n ** 53n - 1n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
  const tooLong = fc.bigInt(BigInt(MAX_TTL_MS) + 1n, 2n ** 64n - 1n);
  fc.assert(
    fc.property(fc.oneof(tooLong, fc.constantFrom(...edges)), (ttl) => {
      expect(() => fromWire(wireOf(ttl))).toThrow(/row 0 ends in more than 100 years/);
    }),
  );
});

it.each([MAX_TTL_MS + 86_400_000, 2 ** 53, 2 ** 62, 2 ** 70])(
  'faults row 57: sends an end that is %d ms ahead as one the other side takes',
  (ttlMs) => {
    const sent = toWire(packEntries([{ prefix: parsePrefix('203.0.113.2'), action: 'block', ttlMs }]));
    expect(unpackEntries(fromWire(sent))[0]?.ttlMs).toBe(MAX_TTL_MS);
  },
);

it.each([3, 4, 255])('refuses flags of no action: %d', (flags) => {
  expect(() => fromWire({ ...wireOf(0n), v4Flags: Uint8Array.of(flags) })).toThrow(/row 0 has unknown flags/);
});
