// The agent's process is killed, restarted and upgraded again and again under a flood: not one blocked packet may get past the
// hook, not one clean packet may be dropped. Counted by the drivers' queues and behind the hook, not by the tested program.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachedProgram } from '../../../agent/datapath/libbpf/link.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { packagedObject } from '../../../agent/datapath/platform.ts';
import { patience } from '../../../lab/patience.ts';
import { freshPinDir, indexOf, makePair, PrivateNetwork, sleep, whyNoNetwork } from '../network.ts';
import { drained, Probe, queueCounter } from '../traffic/probe.ts';

/** 100 in the measured run; fewer by default, as each takes a second or two. */
const ROUNDS = Number(process.env.FLEETBLOCK_CRASH_ROUNDS ?? 6);
const FLOOD_PPS = 75_000;
const BLOCKED = '198.51.100.0';
const CLEAN = '203.0.113.0';
const SOURCES = 200;
const ROUND_MS = patience(60_000);
const CAPACITY = 10_000;
/** About what a start takes: processes are killed at any moment of it. */
const START_MS = 800;

describe.skipIf(whyNoNetwork() !== '')(`crashes under a flood ${whyNoNetwork()}`, () => {
  let network: PrivateNetwork;
  let probe: Probe;
  let scratch: string;
  const pinDir = freshPinDir();
  const children = new Set<ChildProcess>();

  beforeAll(() => {
    network = PrivateNetwork.enter();
    probe = new Probe();
    scratch = mkdtempSync(join(tmpdir(), 'fbcrash-'));
    makePair('bad0', 'bad1');
    makePair('good0', 'good1');
    probe.watch('bad0');
    probe.watch('good0');
  });

  afterAll(async () => {
    for (const child of children) await end(child, 'SIGKILL');
    detachXdp(pinDir);
    probe.close();
    rmSync(scratch, { recursive: true, force: true });
    network.leave();
  });

  /** Starts a script of this directory in the test's namespace. */
  function run(script: string, ...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(child);
    return child;
  }

  async function ready(child: ChildProcess): Promise<ChildProcess> {
    await line(child, ROUND_MS);
    return child;
  }

  async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  const holder = (object: string, capacity: number) =>
    run('holder.ts', pinDir, object, 'bad0,good0', `${capacity}`, `${BLOCKED}/24`, '192.0.2.1/32');
  const flooder = (out: string, first: string) =>
    ready(run('../traffic/flooder.ts', probe.objectPath, out, first, `${SOURCES}`, `${FLOOD_PPS}`));

  it(
    `faults row 1: ${ROUNDS} times killed, cut short in the restart, restarted with another program: no blocked packet passes, no clean one is dropped`,
    async () => {
      const objects = [0, 1].map((version) => {
        const path = join(scratch, `v${version}.bpf.o`);
        copyFileSync(packagedObject(), path);
        if (version > 0) appendFileSync(path, `${version}`);
        return path;
      });
      const programs = new Set<number>();
      let agent = await ready(holder(objects[0] ?? '', CAPACITY));
      const floods = [await flooder('bad1', BLOCKED), await flooder('good1', CLEAN)];
      for (let round = 1; round <= ROUNDS; round++) {
        await end(agent, round % 4 === 0 ? 'SIGTERM' : 'SIGKILL');
        // Every round brings another program, every third one other sizes of the maps.
        const object = objects[round % objects.length] ?? '';
        const capacity = round % 3 === 0 ? 4 * CAPACITY : CAPACITY;
        const cut = holder(object, capacity);
        await sleep(Math.random() * 2 * START_MS);
        await end(cut, 'SIGKILL');
        agent = await ready(holder(object, capacity));
        programs.add(attachedProgram(indexOf('bad0')).programId);
        expect(existsSync(join(pinDir, 'staged-v1'))).toBe(false);
      }
      const reports: { sent: number; seconds: number }[] = [];
      for (const flood of floods) {
        const report = line(flood, ROUND_MS);
        flood.kill('SIGTERM');
        reports.push(JSON.parse(await report));
      }
      await drained(['bad0', 'good0']);
      const bad = { seen: queueCounter('bad0', 'xdp_packets'), dropped: queueCounter('bad0', 'xdp_drops') };
      const good = { seen: queueCounter('good0', 'xdp_packets'), dropped: queueCounter('good0', 'xdp_drops') };
      const pps = (bad.seen + good.seen) / Math.max(...reports.map(({ seconds }) => seconds));
      process.stderr.write(
        `${ROUNDS} rounds, ${programs.size} programs, ${Math.round(pps)} packets/s, blocked ${JSON.stringify(bad)}, clean ${JSON.stringify(good)}\n`,
      );
      expect(programs.size).toBe(ROUNDS);
      expect(bad.seen).toBeGreaterThan(0);
      expect(good.seen).toBeGreaterThan(0);
      expect({ passed: probe.seen('bad0'), missed: bad.seen - bad.dropped }).toEqual({ passed: 0, missed: 0 });
      expect(good.dropped).toBe(0);
      expect(probe.seen('good0')).toBe(good.seen);
    },
    ROUNDS * ROUND_MS,
  );
});

function line(child: ChildProcess, limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const limit = setTimeout(() => reject(new Error(`no line within ${limitMs} ms: ${text}`)), limitMs);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\n')) return;
      clearTimeout(limit);
      resolve(text.trim());
    });
  });
}
