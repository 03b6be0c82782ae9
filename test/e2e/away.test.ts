// Programs that were away catch up: agents that were stopped or cut off, a controller that was killed.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`away and back${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    await lab.startHosts();
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    await lab.fleetblock('unblock', BAD);
    await lab.synced();
  });

  const drops = async (number: number) => !(await lab.attacker.reaches(BAD, lab.host(number).address));

  test('faults row 1: a killed agent leaves its host dropping, and adopts what it finds when it starts again', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts');
    await lab.host(1).stopAgent('SIGKILL');
    expect(await drops(1)).toBe(true);
    lab.host(1).startAgent();
    expect(await drops(1)).toBe(true);
    await lab.synced();
    expect(await drops(1)).toBe(true);
    expect(await lab.attacker.reaches(GOOD, lab.host(1).address)).toBe(true);
  });

  test('faults row 3: SIGTERM leaves the host dropping; only detach lets the source in', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts');
    await lab.host(1).stopAgent('SIGTERM');
    expect(await drops(1)).toBe(true);
    expect(await lab.host(1).detach()).toMatchObject({ exitCode: 0 });
    expect(await drops(1)).toBe(false);
    lab.host(1).startAgent();
    await lab.synced();
    expect(await drops(1)).toBe(true);
  });

  test('faults row 4: an interface that goes down and up, or gets another name, still drops', async () => {
    await lab.json(0, 'block', BAD, '--all-hosts');
    const host = lab.host(1);
    const link = (...words: string[]) => host.run(['ip', 'link', 'set', ...words]);
    await link('eth0', 'down');
    await link('eth0', 'up');
    expect(await drops(1)).toBe(true);
    await link('eth0', 'down');
    await link('eth0', 'name', 'lan0');
    await link('lan0', 'up');
    expect(await drops(1)).toBe(true);
    expect(await lab.attacker.reaches(GOOD, host.address)).toBe(true);
    await link('lan0', 'down');
    await link('lan0', 'name', 'eth0');
    await link('eth0', 'up');
    await lab.synced();
    expect(await drops(1)).toBe(true);
  });

  test('an agent that is away is counted, named, and catches up', async () => {
    await lab.host(2).stopAgent('SIGTERM');
    await until('host2 to be offline', async () =>
      (await lab.hostRow('host2')).status === 'offline' ? true : undefined,
    );
    const answer = await lab.json(3, 'block', BAD, '--all-hosts', '--timeout', '500ms');
    expect(answer).toMatchObject({ hosts: { targeted: 2, enforced: 1, pending: ['host2'], failed: [] } });
    expect(await drops(1)).toBe(true);
    expect(await drops(2)).toBe(false);
    lab.host(2).startAgent();
    await lab.synced();
    expect(await drops(2)).toBe(true);
    await lab.host(2).stopAgent('SIGTERM');
    await lab.json(3, 'unblock', BAD, '--timeout', '500ms');
    expect(await drops(2)).toBe(true);
    lab.host(2).startAgent();
    await lab.synced();
    expect(await drops(2)).toBe(false);
  });

  test('a killed controller loses nothing; hosts go on dropping and resume by revision', async () => {
    const { revision } = Object(await lab.json(0, 'block', BAD, '--all-hosts'));
    const sessions = async () => (await lab.host(1).log()).match(/snapshot/gi)?.length ?? 0;
    const snapshots = await sessions();
    await lab.stopController('SIGKILL');
    expect(await drops(1)).toBe(true);
    expect((await lab.fleetblock('hosts')).exitCode).toBe(5);
    await lab.startController();
    await lab.synced();
    expect((await lab.hostRow('host1')).revision).toBe(revision);
    expect(await sessions()).toBe(snapshots);
    expect(await lab.json(0, 'list')).toMatchObject([{ prefix: `${BAD}/32` }]);
    expect(await lab.json(0, 'unblock', BAD)).toMatchObject({ hosts: { targeted: 2, enforced: 2 } });
    expect(await drops(1)).toBe(false);
  });

  test('a host whose cable is pulled is offline within 30 s, and catches up when it is plugged in again', async () => {
    await lab.setCable(lab.host(2), false);
    await until(
      'host2 to be offline',
      async () => ((await lab.hostRow('host2')).status === 'offline' ? true : undefined),
      30_000,
    );
    await lab.json(3, 'block', BAD, '--all-hosts', '--timeout', '500ms');
    await lab.setCable(lab.host(2), true);
    await lab.synced(['host2'], 30_000);
    expect(await drops(2)).toBe(true);
  });
});
