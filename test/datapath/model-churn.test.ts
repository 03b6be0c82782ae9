// 100,000 adds and removes of neighbours while packets run through the program on another processor without a pause: no listed
// source may ever pass and no clean one may ever be dropped. The program's own counters are the judge.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Entry, makePrefix } from '../../common/packed.ts';
import { covers, formatPrefix, parsePrefix } from '../../common/prefix.ts';
import { packetFrom } from './packets-build.ts';
import { entry, Harness, whyNoProgram } from './packets-harness.ts';

const why = whyNoProgram();
const CHANGED_ROWS = 100_000;
/** Some 20 ms: the flood pauses for a turn of the event loop in between, and must be running nearly all the time. */
const RUNS_A_TURN = 2_000_000;
const HOUR = 3_600_000;

/** One of every kind of decision, all in the blocks where the neighbours come and go. */
const LISTED = [
  entry('10.0.1.7'),
  entry('10.0.2.0/24'),
  entry('10.0.3.64/27'),
  entry('10.0.4.9', HOUR),
  entry('10.0.5.128/25', HOUR),
  entry('10.0.64.0/19'),
  entry('2001:db8::7'),
  entry('2001:db8:1::/48', HOUR),
];
const DROPPED = [
  '10.0.1.7',
  '10.0.2.200',
  '10.0.3.70',
  '10.0.4.9',
  '10.0.5.200',
  '10.0.70.1',
  '2001:db8::7',
  '2001:db8:1::1',
];
const CLEAN = [
  '10.0.1.8',
  '10.0.3.63',
  '10.0.4.10',
  '10.0.5.127',
  '10.0.6.1',
  '10.0.96.1',
  '2001:db8::8',
  '2001:db8:2::1',
];

/** A small generator with a seed, so that a failure can be had again (xorshift32). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const clean = CLEAN.map((text) => parsePrefix(text));
const dropped = DROPPED.map((text) => parsePrefix(text));

/** Any kind of entry that says nothing about the clean sources, and allows none of the listed ones. */
function neighbour(random: (below: number) => number): Entry {
  for (;;) {
    const v4 = random(8) !== 0;
    const address = v4
      ? Uint8Array.of(10, 0, random(12) === 0 ? 64 + random(64) : random(8), random(256))
      : Uint8Array.from({ length: 16 }, (_, i) => [0x20, 1, 0xd, 0xb8, 0, random(3)][i] ?? (i === 15 ? random(16) : 0));
    const length = v4 ? (random(4) === 0 ? 19 + random(13) : 32) : random(4) === 0 ? 48 + random(80) : 128;
    const prefix = makePrefix(v4 ? 4 : 6, address, length);
    const kind = random(10);
    const made = { prefix, allow: kind === 0, monitor: kind === 1, ttlMs: kind === 2 || kind === 3 ? HOUR : 0 };
    const fixed = LISTED.some((each) => formatPrefix(each.prefix) === formatPrefix(prefix));
    if (!fixed && !(made.allow ? dropped : clean).some((source) => covers(prefix, source)) && !made.monitor)
      return made;
    if (!fixed && made.monitor && !clean.some((source) => covers(prefix, source))) return made;
  }
}

describe.skipIf(why !== undefined)('neighbours under a flood', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.open();
    await harness.change(LISTED);
  });
  afterAll(() => harness.close());

  test('no listed source passes and no clean source is dropped while 100,000 neighbours come and go', async () => {
    const seed = Number(process.env.FLEETBLOCK_CHURN_SEED ?? (Date.now() & 0x7fffffff) | 1);
    console.info(`FLEETBLOCK_CHURN_SEED=${seed}`);
    const random = generator(seed);
    const before = harness.tables.counters();
    let churning = true;
    const flood = (async () => {
      const packets = DROPPED.flatMap((source, i) => [packetFrom(source), packetFrom(CLEAN[i] ?? source)]);
      let turns = 0;
      while (churning || turns % packets.length !== 0)
        await harness.program.testRunAsync({
          data: packets[turns++ % packets.length] ?? new Uint8Array(0),
          repeat: RUNS_A_TURN,
        });
      return turns;
    })();
    const there = new Map<string, Entry>();
    let changed = 0;
    try {
      while (changed < CHANGED_ROWS) {
        const adds = Array.from({ length: 1 + random(6) }, () => neighbour(random));
        const keys = new Set(adds.map((each) => `${formatPrefix(each.prefix)} ${each.allow}`));
        const removes = [...there.entries()]
          .slice(0, there.size > 300 ? 8 : random(6))
          .filter(([key]) => !keys.has(key));
        for (const [key] of removes) there.delete(key);
        for (const each of adds) there.set(`${formatPrefix(each.prefix)} ${each.allow}`, each);
        await harness.change(
          adds,
          removes.map(([, each]) => each),
        );
        changed += adds.length + removes.length;
        // The flood's thread starts its next turn from the event loop.
        await nextTurn();
      }
    } finally {
      churning = false;
    }
    const turns = await flood;
    const after = harness.tables.counters();
    const half = (BigInt(turns) * BigInt(RUNS_A_TURN)) / 2n;
    expect(after.droppedPackets - before.droppedPackets).toBe(half);
    expect(after.passedPackets - before.passedPackets).toBe(half);
    expect(await harness.tables.verify(harness.table)).toMatchObject({ differences: 0 });
    expect(turns).toBeGreaterThan(0);
    console.info(`${changed} rows changed under ${turns * RUNS_A_TURN} packets`);
  }, 300_000);
});
