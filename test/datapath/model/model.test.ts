// The kernel against the reference: random lists, random changes, packets from listed addresses and their neighbours.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../../../common/entries/packed.ts';
import { type Family, formatPrefix, type Prefix } from '../../../common/text/prefix.ts';
import { ETHERTYPE, frame, ipv4, ipv6 } from '../packets/build.ts';
import { counts, Harness, whyNoProgram, XDP } from '../packets/harness.ts';
import { ReferenceList, removesOf, type Step, sourceArbitrary, stepsArbitrary } from './reference.ts';

const why = whyNoProgram();
const RUNS = Number(process.env.FLEETBLOCK_MODEL_RUNS ?? 150);

function packetOf(source: Prefix): Uint8Array {
  const text = formatPrefix(source).split('/')[0] ?? '';
  return source.family === 4
    ? frame(ETHERTYPE.ipv4, ipv4({ source: text }))
    : frame(ETHERTYPE.ipv6, ipv6({ source: text }));
}

describe.skipIf(why !== undefined)('model', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.open();
  });
  afterAll(() => harness.close());

  function check(reference: ReferenceList, sources: readonly Prefix[]): void {
    for (const source of sources) {
      const outcome = reference.outcome(source);
      const packet = packetOf(source);
      for (const { verdict, counted } of [harness.run(packet), ...harness.runRemembered(packet)]) {
        expect(verdict, formatPrefix(source)).toBe(outcome === 'dropped' ? XDP.drop : XDP.pass);
        expect(counted, formatPrefix(source)).toEqual(counts(outcome, packet.length));
      }
    }
  }

  async function everyPacket(family: Family, steps: readonly Step[], probes: readonly Prefix[], reopen: boolean) {
    const reference = new ReferenceList();
    await harness.hold([]);
    for (const step of steps) {
      const removes = removesOf(step, reference);
      reference.apply(step.adds, removes);
      await harness.change(step.adds, removes);
      const listed = step.adds.map(({ prefix }): Prefix => ({ ...prefix, length: family === 4 ? 32 : 128 }));
      check(reference, [...probes, ...listed.slice(0, 4)]);
    }
    // A restarted agent finds that the kernel holds just this, and continues from there.
    const tables = reopen ? await harness.reopened() : harness.tables;
    expect(await tables.verify(harness.table)).toMatchObject({ differences: 0 });
    expect(await tables.reconcile(harness.table)).toBe(0);
    if (reopen) {
      await tables.close();
      expect(await harness.tables.verify(harness.table)).toMatchObject({ differences: 0 });
    }
  }

  // Entries for everything touch every block: some seconds a run.
  test.each([
    { family: 4, lengths: [], runs: RUNS },
    { family: 6, lengths: [], runs: RUNS },
    { family: 4, lengths: [0, 1], runs: Math.ceil(RUNS / 30) },
    { family: 6, lengths: [0, 1], runs: Math.ceil(RUNS / 30) },
  ] as const)(
    'IPv$family, lengths of $lengths too: every packet after every change meets its reference verdict',
    async ({ family, lengths, runs }) => {
      const sources = fc.array(sourceArbitrary(family), { minLength: 8, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(stepsArbitrary(family, lengths), sources, fc.boolean(), (steps, probes, reopen) =>
          everyPacket(family, steps, probes, reopen),
        ),
        { numRuns: runs },
      );
    },
    600_000,
  );

  test.each([4, 6] as const)(
    'IPv%i: reconcile leads from any list to any other',
    async (family: Family) => {
      const sources = fc.array(sourceArbitrary(family), { minLength: 8, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(stepsArbitrary(family), stepsArbitrary(family), sources, async (before, after, probes) => {
          const listOf = (steps: typeof before) => {
            const list = new ReferenceList();
            for (const step of steps) list.apply(step.adds, []);
            return list;
          };
          const all = (list: ReferenceList): Entry[] => list.entries();
          await harness.hold(all(listOf(before)));
          const held = harness.table;
          await harness.hold(all(listOf(after)));
          const wanted = harness.table;
          await harness.tables.reconcile(held);
          check(listOf(before), probes);
          const differences = (await harness.tables.verify(wanted)).differences;
          expect(await harness.tables.reconcile(wanted)).toBe(differences);
          check(listOf(after), probes);
          expect(await harness.tables.reconcile(wanted)).toBe(0);
        }),
        { numRuns: Math.ceil(RUNS / 5) },
      );
    },
    600_000,
  );
});
