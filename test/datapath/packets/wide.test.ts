// Entries for half the world beside a full list: a forced block of everything must end by itself, and fit.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, mapSizes } from '../../../agent/datapath/decision/limits.ts';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import type { Entry } from '../../../common/entries/packed.ts';
import { makePrefix } from '../../../common/entries/packed.ts';
import { patience } from '../../../lab/patience.ts';
import { until } from '../network.ts';
import { packetFrom } from './build.ts';
import { entry, Harness, OBJECT, whyNoProgram, XDP } from './harness.ts';

const why = whyNoProgram();
const HOUR = 3_600_000;
const ADDRESSES = 1_000_000;
const LISTED = '81.78.40.183';
const CLEAN = '81.78.40.184';

/** Different numbers give different, spread addresses; number 1 is LISTED. */
function spread(number: number): Uint8Array {
  let x = number;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  x ^= x >>> 16;
  return Uint8Array.of(x >>> 24, x >>> 16, x >>> 8, x);
}

describe.skipIf(why !== undefined)('wide entries beside a million addresses, at the default limits', () => {
  let harness: Harness;
  const verdictOf = (source: string) => harness.program.testRun({ data: packetFrom(source) }).verdict;

  beforeAll(async () => {
    harness = await Harness.open(DEFAULT_LIMITS, BpfObject.load(OBJECT, { maxEntries: mapSizes(DEFAULT_LIMITS) }));
    const plain = (number: number): Entry => ({
      prefix: makePrefix(4, spread(number), 32),
      action: 'block',
      ttlMs: 0,
    });
    await harness.change(Array.from({ length: ADDRESSES - 10 }, (_, i) => plain(i)));
  });
  afterAll(() => harness.close());

  test.each([
    { what: '10.0.0.0/8 for an hour', wide: entry('10.0.0.0/8', HOUR), clean: '10.9.9.9', becomes: XDP.drop },
    { what: 'everything for an hour', wide: entry('0.0.0.0/0', HOUR), clean: CLEAN, becomes: XDP.drop },
    { what: 'everything monitored', wide: entry('monitor 0.0.0.0/0'), clean: CLEAN, becomes: XDP.pass },
    { what: 'everything permanently', wide: entry('0.0.0.0/0'), clean: CLEAN, becomes: XDP.drop },
    { what: 'IPv6 as well', wide: entry('::/0', HOUR), clean: '2001:db8::1', becomes: XDP.drop },
  ])('$what', async ({ wide, clean, becomes }) => {
    expect(verdictOf(clean)).toBe(XDP.pass);
    const microseconds = await harness.change([wide]);
    expect([verdictOf(clean), verdictOf(LISTED)]).toEqual([becomes, XDP.drop]);
    expect(await harness.tables.verify(harness.table)).toMatchObject({ differences: 0 });
    // A way back in: one address that nothing drops.
    await harness.change([entry(`allow ${clean}`)]);
    expect(verdictOf(clean)).toBe(XDP.pass);
    await harness.change([], [wide, entry(`allow ${clean}`)]);
    expect([verdictOf(clean), verdictOf(LISTED)]).toEqual([XDP.pass, XDP.drop]);
    expect(await harness.tables.verify(harness.table)).toMatchObject({ differences: 0 });
    console.info(`${Math.round(microseconds / 1000)} ms`);
  });

  test('allowing everything takes every block back, and gives it again', async () => {
    await harness.change([entry('allow 0.0.0.0/0')]);
    expect(verdictOf(LISTED)).toBe(XDP.pass);
    expect(await harness.tables.verify(harness.table)).toMatchObject({ differences: 0 });
    await harness.change([], [entry('allow 0.0.0.0/0')]);
    expect(verdictOf(LISTED)).toBe(XDP.drop);
  });

  test(
    'a forced block of everything ends by itself, and the list holds on',
    async () => {
      // Longer when this machine was too slow to see it drop.
      for (let ttlMs = 8000; ; ttlMs *= 2) {
        const started = performance.now();
        await harness.change([entry('0.0.0.0/0', ttlMs)]);
        if (verdictOf(CLEAN) === XDP.drop) break;
        expect(performance.now() - started).toBeGreaterThan(ttlMs);
      }
      await until(() => verdictOf(CLEAN) === XDP.pass, 120_000, 'the end of the block');
      expect(verdictOf(LISTED)).toBe(XDP.drop);
      await harness.change([], [entry('0.0.0.0/0')]);
      expect([verdictOf(CLEAN), verdictOf(LISTED)]).toEqual([XDP.pass, XDP.drop]);
    },
    patience(300_000),
  );
});
