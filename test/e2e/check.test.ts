// What the kernels are asked: `check` shows the claim and each kernel's own verdict with its hits, `top` who is dropped most.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LAYOUT_VERSION, MAPS } from '../../agent/datapath/decision/layout.ts';
import { BAD, BAD6, GOOD, GOOD6, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`check and top${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 1 });
    await lab.startHosts();
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    await lab.fleetblock('unblock', BAD, BAD6);
    await lab.synced();
  });

  const ping = (source: string) => {
    const { address, address6 } = lab.host(1);
    return lab.attacker.ping(source, source.includes(':') ? address6 : address, { count: 5 });
  };

  test('check shows the claim, and what the kernel does with the source', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts', '-R', 'scanner');
    const before = Date.now();
    expect(await ping(BAD)).toEqual({ sent: 5, received: 0 });
    const answer = await lab.json(0, 'check', BAD);
    expect(answer).toMatchObject({
      prefix: `${BAD}/32`,
      claims: [{ prefix: `${BAD}/32`, action: 'block', reason: 'scanner' }],
      hosts: [
        { name: 'host1', status: 'synced', desired: 'drop', realized: 'drop', entry: `${BAD}/32`, problem: null },
      ],
    });
    const [host] = Object(answer).hosts;
    expect(host.hits).toBeGreaterThanOrEqual(5);
    expect(Date.parse(host.lastHit)).toBeGreaterThan(before - 1000);
    expect(Date.parse(host.lastHit)).toBeLessThan(Date.now() + 1000);
    expect(await lab.json(0, 'check', GOOD)).toEqual({
      prefix: `${GOOD}/32`,
      claims: [],
      hosts: [
        {
          name: 'host1',
          status: 'synced',
          desired: 'pass',
          realized: 'pass',
          entry: null,
          hits: 0,
          lastHit: null,
          problem: null,
        },
      ],
    });
  });

  test('entries that end, of IPv6, that monitor and that allow are read back as what they are', async () => {
    // The block takes neighbour discovery with it: the attacker learns where the host is before.
    expect(await ping(BAD6)).toEqual({ sent: 5, received: 5 });
    await lab.json(0, 'block', BAD6, '--all-hosts', '--duration', '1h');
    expect(await ping(BAD6)).toEqual({ sent: 5, received: 0 });
    const [six] = Object(await lab.json(0, 'check', BAD6)).hosts;
    expect(six).toMatchObject({ desired: 'drop', realized: 'drop', entry: `${BAD6}/128` });
    expect(six.hits).toBeGreaterThanOrEqual(5);
    await lab.json(0, 'block', GOOD6, '--all-hosts', '--monitor');
    expect(await lab.json(0, 'check', GOOD6)).toMatchObject({
      hosts: [{ desired: 'monitor', realized: 'monitor', entry: `${GOOD6}/128` }],
    });
    await lab.json(0, 'allow', 'add', BAD6, '--all-hosts');
    expect(await lab.json(0, 'check', BAD6)).toMatchObject({
      hosts: [{ desired: 'allow', realized: 'allow', entry: `${BAD6}/128`, hits: 0, lastHit: null }],
    });
    await lab.json(0, 'unblock', BAD6);
    expect(await lab.json(0, 'check', BAD6)).toMatchObject({ hosts: [{ desired: 'pass', realized: 'pass' }] });
  });

  test('a kernel that does something else than it should is named, with exit code 3', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts', '--duration', '1h');
    expect(await ping(BAD)).toEqual({ sent: 5, received: 0 });
    // Behind the agent's back, which repairs it within seconds: again until a check came by before that.
    const map = join(lab.host(1).pinDir, `v${LAYOUT_VERSION}`, 'maps', MAPS.v4Exact);
    const found = await until('a check before the repair', async () => {
      await lab.host(1).run(['bpftool', 'map', 'delete', 'pinned', map, 'key', ...BAD.split('.')]);
      const result = await lab.fleetblock('check', BAD, '-o', 'json');
      return result.exitCode === 0 ? undefined : result;
    });
    expect(found).toMatchObject({ exitCode: 3, stderr: 'host1: should drop, but its kernel does pass' });
    expect(JSON.parse(found.stdout)).toMatchObject({ hosts: [{ desired: 'drop', realized: 'pass', entry: null }] });
    await lab.synced();
  });

  test('top shows who is dropped most', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts');
    await ping(BAD);
    const [first] = await until('the status with the source', async () => {
      const rows = Object(await lab.json(0, 'top'));
      return rows.length > 0 && rows[0].address === BAD && rows[0].packets >= 5 ? rows : undefined;
    });
    expect(first).toEqual({ address: BAD, packets: expect.any(Number), hosts: ['host1'] });
  });
});
