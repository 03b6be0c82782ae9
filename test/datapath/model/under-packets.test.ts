// 100,000 adds and removes of neighbours while packets run through the program on another processor without a pause: no listed
// source may ever pass and no clean one may ever be dropped. The program's own counters are the judge.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { packetFrom } from '../packets/build.ts';
import { entry, Harness, whyNoProgram } from '../packets/harness.ts';
import { churn, churnSeed } from './churn.ts';

const why = whyNoProgram();
const CHANGED_ROWS = 100_000;
/** Some 20 ms: the flood pauses for a turn of the event loop in between, and must be running nearly all the time. */
const RUNS_PER_TURN = 2_000_000;
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

const clean = CLEAN.map((text) => parsePrefix(text));
const dropped = DROPPED.map((text) => parsePrefix(text));

describe.skipIf(why !== undefined)('neighbours under a flood', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.open();
    await harness.change(LISTED);
  });
  afterAll(() => harness.close());

  test('no listed source passes and no clean source is dropped while 100,000 neighbours come and go', async () => {
    const seed = churnSeed();
    const before = harness.tables.counters();
    let churning = true;
    const flood = (async () => {
      const packets = DROPPED.flatMap((source, i) => [packetFrom(source), packetFrom(CLEAN[i] ?? source)]);
      let turns = 0;
      while (churning || turns % packets.length !== 0)
        await harness.program.testRunAsync({
          data: packets[turns++ % packets.length] ?? new Uint8Array(0),
          repeat: RUNS_PER_TURN,
        });
      return turns;
    })();
    let changed = 0;
    try {
      changed = await churn(harness, { fixed: LISTED, clean, dropped }, seed, CHANGED_ROWS);
    } finally {
      churning = false;
    }
    const turns = await flood;
    const after = harness.tables.counters();
    const half = (BigInt(turns) * BigInt(RUNS_PER_TURN)) / 2n;
    expect(after.droppedPackets - before.droppedPackets).toBe(half);
    expect(after.passedPackets - before.passedPackets).toBe(half);
    expect(await harness.tables.verify(harness.table)).toMatchObject({ differences: 0 });
    expect(turns).toBeGreaterThan(0);
    console.info(`${changed} rows changed under ${turns * RUNS_PER_TURN} packets`);
  }, 300_000);
});
