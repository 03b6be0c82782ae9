import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryTable } from '../../../common/entries/entry-table.ts';
import { RULE } from '../decision/layout.ts';
import { decodeRows, encodeRows, LAST_MS } from './rule-codec.ts';

const FORM = { family: 4, exact: true } as const;
const address = Uint8Array.of(192, 0, 2, 1);

function encoded(expiresMs: number) {
  const { v4 } = new EntryTable<'boot'>();
  v4.set(address, 0, 32, 0, expiresMs);
  return encodeRows(FORM, v4, Uint32Array.of(0), 0, 1);
}

describe('rows as the maps hold them', () => {
  it('writes ends as exact nanoseconds and reads them back', () => {
    const ends = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 41 }),
      fc.maxSafeInteger().map(Math.abs),
      fc.constant(LAST_MS),
    );
    fc.assert(
      fc.property(ends, (ms) => {
        const { keys, values } = encoded(ms);
        const stored = Math.min(ms, LAST_MS);
        expect(new DataView(values.buffer).getBigUint64(RULE.expiresNs, true)).toBe(BigInt(stored) * 1_000_000n);
        const { v4 } = new EntryTable<'boot'>();
        decodeRows(FORM, false, keys, values, 1, v4);
        expect(v4.expiryOf(0)).toBe(stored);
      }),
    );
  });

  it('takes an end that is no whole millisecond for one of another program', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (ns) => {
        const { keys, values } = encoded(5000);
        new DataView(values.buffer).setBigUint64(RULE.expiresNs, ns, true);
        const { v4 } = new EntryTable<'boot'>();
        decodeRows(FORM, false, keys, values, 1, v4);
        expect(v4.expiryOf(0)).toBe(ns % 1_000_000n === 0n ? Number(ns / 1_000_000n) : 1);
      }),
    );
  });
});
