// 100,000 adds and removes of neighbours under a flood from the network: frames of listed and of clean sources come in over two
// veth pairs, and the drivers' queues and a witness behind the hook judge, not the program that is tested.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { XdpLink } from '../../../agent/datapath/libbpf/link.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { patience } from '../../../lab/patience.ts';
import { indexOf, makePair, PrivateNetwork, whyNoNetwork } from '../network.ts';
import { entry, Harness, whyNoProgram } from '../packets/harness.ts';
import { drained, Probe, queueCounter } from '../traffic/probe.ts';
import { churn, churnSeed } from './churn.ts';

const why = whyNoProgram() ?? whyNoNetwork();
const CHANGED_ROWS = 100_000;
const HOUR = 3_600_000;
/** Listed address by address, the one half; the other half of the same /24 is clean. */
const BAD = parsePrefix('10.0.1.0/25');
const GOOD = parsePrefix('10.0.1.128/25');
const SOURCES = 128;
const FLOOD_PPS = 60_000;
const FRAMES = 100_000;

describe.skipIf(why !== '')('neighbours under a flood from the network', () => {
  let network: PrivateNetwork;
  let harness: Harness;
  let probe: Probe;
  const links: XdpLink[] = [];
  const floods: ChildProcess[] = [];
  // Every fourth is decided by look-up.
  const listed = Array.from({ length: SOURCES }, (_, i) => entry(`10.0.1.${i}`, i % 4 === 3 ? HOUR : 0));

  beforeAll(async () => {
    network = PrivateNetwork.enter();
    harness = await Harness.open();
    probe = new Probe();
    await harness.change(listed);
    for (const end of ['bad', 'good']) {
      makePair(`${end}0`, `${end}1`);
      links.push(XdpLink.create(harness.program, indexOf(`${end}0`), 'native'));
      probe.watch(`${end}0`);
    }
  });
  afterAll(async () => {
    for (const flood of floods) flood.kill('SIGKILL');
    for (const link of links) link.close();
    probe.close();
    await harness.close();
    network.leave();
  });

  /** Starts a generator; resolves when it sends. */
  async function flood(out: string, first: string): Promise<() => Promise<number>> {
    const script = join(import.meta.dirname, '../traffic/flooder.ts');
    const child = spawn(process.execPath, [script, probe.objectPath, out, first, `${SOURCES}`, `${FLOOD_PPS}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    floods.push(child);
    const lines = createInterface(child.stdout);
    await once(lines, 'line');
    return async () => {
      const report = once(lines, 'line');
      child.kill('SIGTERM');
      const [line] = await report;
      return JSON.parse(String(line)).sent;
    };
  }

  test(
    'no listed source gets past the hook, and no clean source is dropped',
    async () => {
      const seed = churnSeed();
      const first = (text: string) => text.split('/')[0] ?? '';
      const stops = [await flood('bad1', first(formatPrefix(BAD))), await flood('good1', first(formatPrefix(GOOD)))];
      let changed = 0;
      // As many frames as make a flood, however long this machine takes to send them.
      do changed += await churn(harness, { fixed: listed, clean: [GOOD], dropped: [BAD] }, seed, CHANGED_ROWS);
      while (['bad0', 'good0'].some((end) => queueCounter(end, 'xdp_packets') < FRAMES));
      const sent = await Promise.all(stops.map((stop) => stop()));
      await drained(['bad0', 'good0']);
      const bad = { seen: queueCounter('bad0', 'xdp_packets'), dropped: queueCounter('bad0', 'xdp_drops') };
      const good = { seen: queueCounter('good0', 'xdp_packets'), dropped: queueCounter('good0', 'xdp_drops') };
      console.info(
        `${changed} rows changed, sent ${sent}, listed ${JSON.stringify(bad)}, clean ${JSON.stringify(good)}`,
      );
      expect({ passed: probe.seen('bad0'), missed: bad.seen - bad.dropped }).toEqual({ passed: 0, missed: 0 });
      expect(good.dropped).toBe(0);
      expect(probe.seen('good0')).toBe(good.seen);
      expect(await harness.tables.verify(harness.table)).toMatchObject({ differences: 0 });
    },
    patience(600_000),
  );
});
