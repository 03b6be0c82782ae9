// Real hosts whose network or kernel goes wrong under them: real processes, real XDP, a switch that swallows packets.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LAYOUT_VERSION, MAPS } from '../../agent/datapath/decision/layout.ts';
import { BAD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const METRICS = '127.0.0.1:7444';
const whyNot = Lab.whyNot();

describe.skipIf(whyNot)(`hosts that are cut off and changed${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 3, controllerFlags: ['--metrics', METRICS] });
    for (const host of lab.hosts) {
      await lab.enroll(host);
      host.startAgent('--audit-interval', '2s');
    }
    await lab.synced();
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    await lab.setPassing(lab.host(1), true);
    await lab.fleetblock('unblock', BAD);
    await lab.synced();
  });

  const drops = async (number: number) => !(await lab.attacker.reaches(BAD, lab.host(number).address));
  const status = async (number: number) => (await lab.hostRow(`host${number}`)).status;
  const metric = async (name: string): Promise<number> => {
    const read = `fetch('http://${METRICS}/metrics').then((r) => r.text()).then((text) => process.stdout.write(text))`;
    const { stdout } = await lab.runAtController([process.execPath, '-e', read]);
    const line = stdout.split('\n').find((each) => each.startsWith(`${name} `));
    if (line === undefined) throw new Error(`no metric ${name}`);
    return Number(line.split(' ').at(-1));
  };

  test('faults rows 28 and 31: a half-open connection is noticed by both ends; healed, all is equal', async () => {
    const host = lab.host(1);
    const connected = (await host.log()).split('"connected"').length;
    await lab.setPassing(host, false);
    await until('the controller to notice', async () => ((await status(1)) === 'offline' ? true : undefined));
    await host.logged('not connected to the controller');
    for (let i = 0; i < 10; i++) await lab.fleetblock('block', `203.0.113.${i}`, '--all-hosts', '--no-wait');
    expect(await lab.fleetblock('block', BAD, '--all-hosts', '--timeout', '1s')).toMatchObject({ exitCode: 3 });
    await lab.setPassing(host, true);
    // Asked at the controller and of the host's own kernel.
    await lab.synced(['host1']);
    expect(await drops(1)).toBe(true);
    const [mine, others] = [await lab.hostRow('host1'), await lab.hostRow('host2')];
    expect([mine.revision, mine.entries]).toEqual([others.revision, others.entries]);
    // One connection, one change: nothing was sent twice.
    expect((await host.log()).split('"connected"').length - connected).toBe(1);
    for (let i = 0; i < 10; i++) await lab.fleetblock('unblock', `203.0.113.${i}`, '--no-wait');
  });

  test('drift in a kernel map is repaired, counted and shown', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts', '--duration', '1h');
    const host = lab.host(1);
    const before = Number(Object(await lab.json(0, 'status')).driftRepairs);
    const counted = await metric('fleetblock_drift_repairs_total{found_by="host"}');
    const map = join(host.pinDir, `v${LAYOUT_VERSION}`, 'maps', MAPS.v4Exact);
    // Its end goes to the first nanosecond after boot: the rule is there, and the kernel takes it for ended.
    const words = ['bpftool', 'map', 'update', 'pinned', map, 'key', ...BAD.split('.')];
    const value = ['value', ...'1 0 0 0 0 0 0 0 0 0 0 0 32 0 0 0'.split(' ')];
    expect(await host.run([...words, ...value])).toMatchObject({ exitCode: 0 });
    await until('the kernel to be repaired', async () => {
      const { received } = await lab.attacker.ping(BAD, host.address, { count: 1 });
      return received === 0 ? true : undefined;
    });
    await until('the repair to be counted', async () => {
      const { driftRepairs } = Object(await lab.json(0, 'status'));
      return Number(driftRepairs) > before ? true : undefined;
    });
    expect(await metric('fleetblock_drift_repairs_total{found_by="host"}')).toBeGreaterThan(counted);
    expect((await lab.fleetblock('status')).stdout).toMatch(/drift repair/);
    expect((await lab.fleetblock('events', '--host', 'host1')).stdout).toMatch(/host\.drift .*at most/);
  });

  test('the time from a change to the kernels is measured', async () => {
    const [changes, kernels] = ['fleetblock_change_to_kernel_seconds', 'fleetblock_kernel_apply_seconds'];
    const [acks, seconds] = [await metric(`${changes}_count`), await metric(`${changes}_sum`)];
    const inKernel = await metric(`${kernels}_sum`);
    const { elapsedMs } = Object(await lab.json(0, 'block', BAD, '--all-hosts'));
    // One observation per host, each shorter than the whole change, on the same clock.
    expect((await metric(`${changes}_count`)) - acks).toBe(lab.hosts.length);
    const spent = (await metric(`${changes}_sum`)) - seconds;
    expect(spent).toBeGreaterThan(0);
    expect(spent / lab.hosts.length).toBeLessThanOrEqual(elapsedMs / 1000);
    const kernel = (await metric(`${kernels}_sum`)) - inKernel;
    expect(kernel).toBeGreaterThan(0);
    expect(await metric(`${changes}_bucket{le="60"}`)).toBeGreaterThanOrEqual(acks + lab.hosts.length);
  });
});
