// Maps that are full: a change that does not fit is refused whole, and the old list stays.
import { describe, expect, test } from 'vitest';
import { DatapathError } from '../../../agent/datapath/datapath.ts';
import { MAPS } from '../../../agent/datapath/decision/layout.ts';
import { limitsOf } from '../../../agent/datapath/decision/limits.ts';
import { packetFrom } from './build.ts';
import { entry, Harness, whyNoProgram, XDP } from './harness.ts';

const why = whyNoProgram();
const HOUR = 3_600_000;

describe.skipIf(why !== undefined)('full maps', () => {
  /** `count` entries of one kind, none of which shares a /24 or /64 with another. */
  const many = (count: number, text: (i: number) => string, ttlMs: number) =>
    Array.from({ length: count }, (_, i) => entry(text(i), ttlMs));
  const kinds = [
    { map: MAPS.v4Exact, text: (i: number) => `10.${i >> 8}.${i & 255}.1`, ttlMs: HOUR },
    { map: MAPS.v4Prefixes, text: (i: number) => `10.${i >> 8}.${i & 255}.0/25`, ttlMs: HOUR },
    { map: MAPS.v4Allowed, text: (i: number) => `allow 10.${i >> 8}.${i & 255}.1`, ttlMs: 0 },
    { map: MAPS.v6Exact, text: (i: number) => `2001:db8:${i.toString(16)}::1`, ttlMs: 0 },
    { map: MAPS.v6Prefixes, text: (i: number) => `2001:db8:${i.toString(16)}::/48`, ttlMs: 0 },
    { map: MAPS.v6Allowed, text: (i: number) => `allow 2001:db8:${i.toString(16)}::/48`, ttlMs: 0 },
  ];

  test.each(kinds)('faults row 8: $map full: the change is refused whole and the old list stays', async (kind) => {
    const harness = await Harness.open({ v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 });
    try {
      const limit = harness.object.map(kind.map).maxEntries;
      const first = many(limit - 10, kind.text, kind.ttlMs);
      await harness.change(first);
      const before = harness.table.clone();
      const over = Array.from({ length: 20 }, (_, i) => entry(kind.text(limit + i), kind.ttlMs));
      await expect(harness.change([...over, entry('203.0.113.1')])).rejects.toMatchObject({ code: 'CAPACITY' });
      harness.table = before;
      expect(await harness.tables.verify(before)).toMatchObject({ differences: 0 });
      expect(harness.run(packetFrom('203.0.113.1')).verdict).toBe(XDP.pass);
      // What fits still goes in, up to the last row, and one row may take the place of another in a full map.
      await harness.change(over.slice(0, 10));
      await harness.change([over[10] ?? entry('')], [first[0] ?? entry('')]);
      expect((await harness.tables.verify(harness.table)).differences).toBe(0);
    } finally {
      await harness.close();
    }
  });

  test('faults row 42: a capacity holds as many IPv6 addresses and prefixes as it says', async () => {
    const capacity = 132_000;
    const harness = await Harness.open(limitsOf(capacity));
    try {
      const site = (i: number) => `2001:${(i >> 8).toString(16)}:${(i & 255).toString(16)}`;
      await harness.change(many(capacity, (i) => `${site(i)}::/48`, 0));
      await harness.change(many(capacity, (i) => `2a00${site(i).slice(4)}::1`, 0));
      for (const i of [0, 131_072, capacity - 1])
        for (const source of [`${site(i)}:1::5`, `2a00${site(i).slice(4)}::1`])
          expect(harness.run(packetFrom(source)).verdict, source).toBe(XDP.drop);
      for (const source of [`${site(capacity)}:1::5`, `2a00${site(0).slice(4)}::2`])
        expect(harness.run(packetFrom(source)).verdict, source).toBe(XDP.pass);
    } finally {
      await harness.close();
    }
  });

  test('faults row 8: the memory of plain IPv4 blocks full: refused whole, the old list stays', async () => {
    const harness = await Harness.open({ v4Addresses: 100_000, v6Addresses: 1000, prefixes: 1000 });
    try {
      // Mixed /24s of a plain and an ending address need pairs of bitmaps, more than the limits reckon with.
      const mixed = (from: number, count: number) =>
        Array.from({ length: count }, (_, i) => {
          const base = `10.${(from + i) >> 8}.${(from + i) & 255}`;
          return [entry(`${base}.1`), entry(`${base}.2`, HOUR)];
        }).flat();
      await harness.change(mixed(0, 10_000));
      const before = harness.table.clone();
      await expect(harness.change(mixed(10_000, 10_000))).rejects.toBeInstanceOf(DatapathError);
      harness.table = before;
      expect(await harness.tables.verify(before)).toMatchObject({ differences: 0 });
      expect(harness.run(packetFrom('10.0.0.1')).verdict).toBe(XDP.drop);
      expect(harness.run(packetFrom('10.50.0.1')).verdict).toBe(XDP.pass);
      await harness.change(mixed(10_000, 500));
      expect((await harness.tables.verify(harness.table)).differences).toBe(0);
    } finally {
      await harness.close();
    }
  });
});
