// What processors remember of their drops in a flood (fb_v4_recent) must never outlive the bits that said so.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bitsIn, CONTROL, MAPS } from '../../../agent/datapath/decision/layout.ts';
import { packetFrom } from './build.ts';
import { counts, entry, Harness, whyNoProgram, XDP } from './harness.ts';

const why = whyNoProgram();
const SOURCE = '10.1.2.3';

describe.skipIf(why !== undefined)('remembered drops', () => {
  let harness: Harness;
  const packet = packetFrom(SOURCE);
  const generation = () => bitsIn(harness.object.map(MAPS.bits).memory()).control[CONTROL.v4Recent] ?? 0;

  /** Places in use, of all processors. */
  async function remembered(): Promise<number> {
    let used = 0;
    for await (const { values } of harness.object.map(MAPS.v4Recent).entries())
      used += new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4).filter(
        (word) => word > 0,
      ).length;
    return used;
  }

  async function untilOn(): Promise<void> {
    while (generation() === 0) await sleep(1);
  }

  function flood(): number[] {
    return harness.runRemembered(packet).map(({ verdict }) => verdict);
  }

  beforeAll(async () => {
    harness = await Harness.open();
    await untilOn();
  });
  afterAll(() => harness.close());
  // A neighbour keeps the block in use: an empty one is clear before memory is asked.
  beforeEach(() => harness.hold([entry('10.1.40.1')]));

  test('a drop by bits is remembered, counted like any other, and repeated from memory', async () => {
    await harness.change([entry(SOURCE)]);
    const before = await remembered();
    const runs = harness.runRemembered(packet);
    expect(runs).toEqual([
      { verdict: XDP.drop, counted: counts('dropped', packet.length) },
      { verdict: XDP.drop, counted: counts('dropped', packet.length) },
    ]);
    expect(await remembered()).toBeGreaterThan(before);
    // Without any bits the memory alone decides: this is what the generation protects against.
    const front = bitsIn(harness.object.map(MAPS.bits).memory()).v4Front;
    const kept = front.slice();
    let fromMemory = false;
    // More than once: the thread may have moved to another processor.
    for (let i = 0; i < 100 && !fromMemory; i++) {
      flood();
      front.fill(0);
      fromMemory = flood().includes(XDP.drop);
      front.set(kept);
    }
    expect(fromMemory).toBe(true);
  });

  test('the first packet after an unblock passes', async () => {
    for (let i = 0; i < 50; i++) {
      await harness.change([entry(SOURCE)]);
      expect(flood()).toEqual([XDP.drop, XDP.drop]);
      await harness.change([], [entry(SOURCE)]);
      expect(flood()).toEqual([XDP.pass, XDP.pass]);
    }
  });

  test.each(['10.0.0.0/8', '10.1.0.0/18', '10.1.2.0/24', '10.1.2.0/29'])(
    'the first packet after the end of %s passes',
    async (prefix) => {
      await harness.change([entry(prefix)]);
      expect(flood()).toEqual([XDP.drop, XDP.drop]);
      await harness.change([], [entry(prefix)]);
      expect(flood()).toEqual([XDP.pass, XDP.pass]);
    },
  );

  test('an allow entry counts at once, and a block that became monitor-only does', async () => {
    await harness.change([entry(SOURCE)]);
    expect(flood()).toEqual([XDP.drop, XDP.drop]);
    await harness.change([entry('allow 10.1.0.0/16')]);
    expect(harness.runRemembered(packet)[1]).toEqual({ verdict: XDP.pass, counted: counts('allowed', packet.length) });
    await harness.change([], [entry('allow 10.1.0.0/16')]);
    expect(flood()).toEqual([XDP.drop, XDP.drop]);
    await harness.change([entry(`monitor ${SOURCE}`)]);
    expect(harness.runRemembered(packet)[1]).toEqual({
      verdict: XDP.pass,
      counted: counts('monitored', packet.length),
    });
  });

  test('a block that ends is never remembered', async () => {
    await harness.change([entry(SOURCE, 300)]);
    expect(flood()).toEqual([XDP.drop, XDP.drop]);
    await sleep(320);
    expect(flood()).toEqual([XDP.pass, XDP.pass]);
  });

  test('a restarted agent forgets what was remembered before', async () => {
    const before = generation();
    const tables = await harness.reopened();
    expect(generation()).not.toBe(before);
    await tables.close();
  });

  test('after all generations numbers come again from 1, and places are empty', async () => {
    await harness.change([entry(SOURCE)]);
    flood();
    const control = bitsIn(harness.object.map(MAPS.bits).memory()).control;
    control[CONTROL.v4Recent] = 65_534;
    await harness.change([], [entry(SOURCE)]);
    await untilOn();
    await harness.change([entry(SOURCE)]);
    expect(flood()).toEqual([XDP.drop, XDP.drop]);
    await harness.change([], [entry(SOURCE)]);
    expect(flood()).toEqual([XDP.pass, XDP.pass]);
    expect(generation()).toBeLessThan(100);
  });
});
