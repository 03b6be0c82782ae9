// `events --drops` on real packets: who was dropped, on which host and interface, how many; and nothing asked of a kernel while
// no one watches.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabHost } from '../../lab/host.ts';
import { BAD, BAD6, GOOD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();

interface Line {
  readonly host: string;
  readonly interface?: string;
  readonly source?: string;
  readonly verdict?: string;
  readonly packets?: number;
  readonly bytes?: number;
  readonly unreportedPackets?: number;
}

/** The command, watching, and what it has printed. */
class Watch {
  readonly process: ChildProcess;
  readonly lines: Line[] = [];
  #rest = '';

  constructor(script: string, ...args: string[]) {
    this.process = spawn(script, ['events', '--drops', '-o', 'json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process.stdout?.on('data', (chunk: Buffer) => {
      const parts = `${this.#rest}${chunk}`.split('\n');
      this.#rest = parts.pop() ?? '';
      this.lines.push(...parts.map((line) => JSON.parse(line)));
    });
  }

  /** Packets by host, source and verdict, and those that no line reports. */
  sums(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { host, source = 'unreported', verdict = '', packets = 0, unreportedPackets = 0 } of this.lines) {
      const key = `${host} ${source} ${verdict}`.trim();
      sums[key] = (sums[key] ?? 0) + packets + unreportedPackets;
    }
    return sums;
  }

  async stop(): Promise<number | null> {
    const code = new Promise<number | null>((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGINT');
    return code;
  }
}

describe.skipIf(reason)(`events --drops${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  let script: string;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    await lab.startHosts();
    script = join(await lab.writeScripts(), 'fleetblock');
    await lab.json(0, 'block', BAD, '--all-hosts');
    await lab.json(0, 'block', BAD6, '--host', 'host2', '--monitor');
  });
  afterAll(() => lab?.close());

  /** Until the watch has come through to the host's kernel: what comes before counts for none. */
  async function watching(watch: Watch, host: LabHost): Promise<void> {
    await until(`${host.name} to be watched`, async () => {
      await lab.attacker.ping(BAD, host.address, { count: 1 });
      return watch.sums()[`${host.name} ${BAD} drop`];
    });
    // The last of them is reported too.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    watch.lines.length = 0;
  }

  test('says who was dropped, where, how many and how large', async () => {
    const [first, second] = [lab.host(1), lab.host(2)];
    const all = new Watch(script);
    const one = new Watch(script, '--host', 'host1');
    await watching(all, second);
    await watching(one, first);
    all.lines.length = 0;
    // Slow enough for the kernel to report each one.
    await lab.attacker.ping(BAD, first.address, { count: 7 });
    await lab.attacker.ping(BAD, second.address, { count: 3 });
    await lab.attacker.ping(GOOD, first.address, { count: 3 });
    await lab.attacker.ping(BAD6, second.address6, { count: 4 });
    const told = () => JSON.stringify([all.sums(), one.sums()]);
    await until('the drops to be reported', async () =>
      (all.sums()[`host2 ${BAD6} monitor`] ?? 0) >= 4 && (one.sums()[`host1 ${BAD} drop`] ?? 0) >= 7 ? true : undefined,
    ).catch((error: unknown) => {
      throw new Error(`told: ${told()}`, { cause: error });
    });
    const sums = all.sums();
    // The kernel's neighbour discovery from the monitored address is a packet of that source too.
    expect(sums).toEqual({
      [`host1 ${BAD} drop`]: 7,
      [`host2 ${BAD} drop`]: 3,
      [`host2 ${BAD6} monitor`]: expect.any(Number),
    });
    expect(sums[`host2 ${BAD6} monitor`]).toBeLessThan(12);
    expect(one.sums()).toEqual({ [`host1 ${BAD} drop`]: 7 });
    for (const line of one.lines)
      expect(line).toMatchObject({
        interface: lab.host(1).station.interface,
        // An echo request of ping: 98 bytes with its Ethernet header.
        bytes: 98 * (line.packets ?? 0),
      });
    expect(await one.stop()).toBe(await all.stop());
  });

  test('asks the kernels only while drops are watched, and another agent of the host keeps reporting', async () => {
    const { address } = lab.host(1);
    const watch = new Watch(script, '--host', 'host1');
    await watching(watch, lab.host(1));
    await lab.host(1).stopAgent('SIGKILL');
    lab.host(1).startAgent();
    await lab.synced();
    await watching(watch, lab.host(1));
    await lab.attacker.ping(BAD, address, { count: 5 });
    await until('the drops to be reported', async () =>
      (watch.sums()[`host1 ${BAD} drop`] ?? 0) >= 5 ? true : undefined,
    );
    await watch.stop();
    await lab.attacker.ping(BAD, address, { count: 5 });
    expect(watch.sums()).toEqual({ [`host1 ${BAD} drop`]: 5 });
  });
});
