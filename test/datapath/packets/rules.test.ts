// Packets against lists: the fixtures, entries that change in place or end, and what the maps hold of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAPS } from '../../../agent/datapath/decision/layout.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { patience } from '../../../lab/patience.ts';
import { ETHERTYPE, frame, ipv6, packetFrom } from './build.ts';
import { ALLOWS, ENDS_AND_MONITORS, type Outcome, OVERLAPS } from './fixtures.ts';
import { counts, entry, Harness, whyNoProgram, XDP } from './harness.ts';

const why = whyNoProgram();
const HOUR = 3_600_000;
const PAST = -1;

describe.skipIf(why !== undefined)('packets against lists', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.open();
  });
  afterAll(() => harness.close());

  /** IPv4 sources in their IPv4-mapped form too (faults row 40). */
  function expectOutcome(source: string, outcome: Outcome): void {
    const { family, address } = parsePrefix(source);
    const mapped = family === 4 ? [frame(ETHERTYPE.ipv6, ipv6({ source }))] : [];
    for (const packet of [packetFrom(source), ...mapped]) {
      const { verdict, counted } = harness.run(packet);
      expect(verdict, source).toBe(outcome === 'dropped' ? XDP.drop : XDP.pass);
      expect(counted, source).toEqual(counts(outcome, packet.length));
    }
    const words = { passed: 'clear', dropped: 'drop', allowed: 'allow', monitored: 'monitor' };
    expect(harness.tables.lookup(family, address).verdict, source).toBe(words[outcome]);
  }

  test.each([...OVERLAPS, ...ALLOWS, ...ENDS_AND_MONITORS])('$what', async ({ list, sources }) => {
    await harness.hold(list);
    for (const [source, outcome] of Object.entries(sources)) expectOutcome(source, outcome);
    expect(await harness.tables.verify(harness.table)).toEqual({ differences: 0, digest: harness.table.digest() });
    await harness.hold([]);
    for (const source of Object.keys(sources)) expectOutcome(source, 'passed');
  });

  test('a block ends on time by itself', async () => {
    // One after the other, and one that has long to go: the order says that each end is its own, however slow the machine is.
    const ends = { '192.0.2.1': 1500, '2001:db8::1': 2500, '198.51.100.0/24': 3500, '203.0.113.0/24': HOUR };
    await harness.hold(Object.entries(ends).map(([prefix, ttlMs]) => entry(prefix, ttlMs)));
    const dropped = (source: string) => harness.run(packetFrom(source)).verdict === XDP.drop;
    // The one that ends first is asked last: where it is dropped still, the later ones must be.
    const later = [dropped('198.51.100.9'), dropped('2001:db8::1')];
    if (dropped('192.0.2.1')) expect(later).toEqual([true, true]);
    for (const source of ['2001:db8::1', '198.51.100.9', '192.0.2.1']) {
      await expect.poll(() => dropped(source), { timeout: patience(60_000), interval: 10 }).toBe(false);
      // User space reads the clock in coarser steps than the kernel, and comes to the same a little later.
      const { family, address } = parsePrefix(source);
      await expect.poll(() => harness.tables.lookup(family, address).verdict).toBe('clear');
      expectOutcome(source, 'passed');
    }
    expectOutcome('203.0.113.9', 'dropped');
  });

  test.each([2 ** 63 / 1e6, 5_124_095 * HOUR, 2 ** 53, Number.MAX_VALUE])(
    'faults row 41: a block for %d ms holds, and is no difference at the next look',
    async (ttlMs) => {
      const sources = ['192.0.2.1', '198.51.100.9', '2001:db8::1', '2001:db8:5::9'];
      await harness.hold(
        ['192.0.2.1', '198.51.100.0/24', '2001:db8::1', '2001:db8:5::/48'].map((a) => entry(a, ttlMs)),
      );
      for (const source of sources) expectOutcome(source, 'dropped');
      expect(await harness.tables.reconcile(harness.table)).toBe(0);
      for (const source of sources) expectOutcome(source, 'dropped');
    },
  );

  test('an entry changes its kind in place: plain, ending, monitored, plain again', async () => {
    await harness.hold([entry('192.0.2.1'), entry('198.51.100.0/24')]);
    for (const source of ['192.0.2.1', '198.51.100.9']) expectOutcome(source, 'dropped');
    await harness.change([entry('192.0.2.1', HOUR), entry('198.51.100.0/24', PAST)]);
    expectOutcome('192.0.2.1', 'dropped');
    expectOutcome('198.51.100.9', 'passed');
    await harness.change([entry('monitor 192.0.2.1'), entry('monitor 198.51.100.0/24')]);
    for (const source of ['192.0.2.1', '198.51.100.9']) expectOutcome(source, 'monitored');
    await harness.change([entry('192.0.2.1'), entry('198.51.100.0/24')]);
    for (const source of ['192.0.2.1', '198.51.100.9']) expectOutcome(source, 'dropped');
    expect((await harness.tables.verify(harness.table)).differences).toBe(0);
  });

  test('faults row 10: removing a /24 keeps a covering /8 and an inner /32', async () => {
    const lists = [
      [entry('10.0.0.0/8'), entry('10.1.1.0/24'), entry('10.1.1.1')],
      [entry('10.1.1.0/24'), entry('10.1.1.1')],
    ];
    for (const list of lists) {
      await harness.hold(list);
      await harness.change([], [entry('10.1.1.0/24')]);
      expectOutcome('10.1.1.1', 'dropped');
      expectOutcome('10.1.1.2', list.length === 3 ? 'dropped' : 'passed');
    }
    await harness.hold([entry('2001:db8::/32'), entry('2001:db8:1::/64'), entry('2001:db8:1::1')]);
    await harness.change([], [entry('2001:db8:1::/64')]);
    expectOutcome('2001:db8:1::1', 'dropped');
    expectOutcome('2001:db8:1::2', 'dropped');
    await harness.change([], [entry('2001:db8::/32')]);
    expectOutcome('2001:db8:1::1', 'dropped');
    expectOutcome('2001:db8:1::2', 'passed');
  });

  test('faults row 9: a trie takes host bits and refuses /33, so keys come from canonical prefixes alone', async () => {
    await harness.hold([entry('10.0.0.0/8', HOUR), entry('2001:db8::/32', HOUR)]);
    for (const [name, length] of [
      [MAPS.v4Prefixes, 8],
      [MAPS.v6Prefixes, 32],
    ] as const) {
      for await (const { keys, count } of harness.object.map(name).entries()) {
        expect(count).toBe(1);
        expect(keys[0]).toBe(length);
        expect(keys.slice(4 + length / 8).every((byte) => byte === 0)).toBe(true);
      }
    }
    const trie = harness.object.map(MAPS.v4Prefixes);
    const key = Uint8Array.of(33, 0, 0, 0, 10, 0, 0, 0);
    expect(() => trie.update(key, new Uint8Array(16))).toThrow('EINVAL');
    expect(() => parsePrefix('10.0.0.5/8')).toThrow('10.0.0.0/8');
  });

  test('hits of entries that end or monitor are exact and go with the entry', async () => {
    await harness.hold([entry('192.0.2.1', HOUR), entry('monitor 10.1.0.0/16'), entry('2001:db8::/48')]);
    const runs = 1000;
    for (const source of ['192.0.2.1', '10.1.2.3', '2001:db8::5'])
      harness.program.testRun({ data: packetFrom(source), repeat: runs });
    const hits = (text: string) => {
      const { family, address, length } = parsePrefix(text);
      return harness.tables.entryHits(family, address, length);
    };
    for (const text of ['192.0.2.1', '10.1.0.0/16', '2001:db8::/48']) expect(hits(text)).toBe(BigInt(runs));
    await harness.change([], [entry('192.0.2.1')]);
    expect(hits('192.0.2.1')).toBe(0n);
  });
});
