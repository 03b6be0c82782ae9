// A forced block that cuts the controller off from a host, with real kernels: the host undoes it by itself in the time to confirm,
// and comes back. The host protects the address by which it dials the controller. Here that is a virtual one, as behind a
// balancer: its packets come from another address, which only the operator's prefix knows of.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { GOOD, Lab, OTHER } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();
const VIRTUAL = '192.168.1.99';

describe.skipIf(reason)(`a forced block that locks the controller out${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    const [address = '', port = ''] = lab.controller.split(':');
    for (const rule of [
      ['add', 'table', 'ip', 'nat'],
      ['add', 'chain', 'ip', 'nat', 'output', '{ type nat hook output priority -100; }'],
      ['add', 'rule', 'ip', 'nat', 'output', 'ip', 'daddr', VIRTUAL, 'dnat', 'to', address],
    ])
      expect(await lab.host(1).run(['nft', ...rule])).toMatchObject({ exitCode: 0 });
    const { stdout: token } = await lab.fleetblock('token', 'create');
    await lab.host(1).join(`${VIRTUAL}:${port}`, token);
    await lab.enroll(lab.host(2));
    for (const host of lab.hosts) host.startAgent();
    await lab.synced();
  });
  afterAll(() => lab?.close());
  afterEach(() => lab.synced());

  /** Whether packets from the controller's machine reach the host. */
  const passes = async (number: number) =>
    (await lab.runAtController(['ping', '-n', '-c', '1', '-W', '1', lab.host(number).address])).exitCode === 0;
  const passesAgain = (source: string, target: string) =>
    until(`${source} to be let in again`, async () =>
      (await lab.attacker.reaches(source, target, { count: 1 })) ? true : undefined,
    );
  const status = async (name: string) => (await lab.hostRow(name)).status;

  test('faults row 20: is refused without force, whatever the role', async () => {
    const refused = await lab.fleetblock('block', '192.168.1.0/28', '--all-hosts');
    expect(refused).toMatchObject({ exitCode: 4, stdout: '' });
    expect(refused.stderr).toMatch(/192\.168\.1\.0\/28 covers the controller's own address 192\.168\.1\.10/);
    expect(await passes(1)).toBe(true);
  });

  test('heals itself: the stream dies, the kernel passes the controller again in time, the host is back', async () => {
    const answer = await lab.fleetblock('block', '192.168.1.0/28', '--all-hosts', '--force', '--confirm', '40s');
    const [, id = ''] = /to confirm: fleetblock confirm ([a-z0-9]{6}) within [0-9]+ ?s/.exec(answer.stderr) ?? [];
    expect(id, answer.stderr).not.toBe('');
    expect(await passes(1)).toBe(false);
    // The other one knows the controller by its address, and still reaches it.
    expect(await passes(2)).toBe(true);
    expect(await lab.json(0, 'list')).toMatchObject([{ prefix: '192.168.1.0/28', confirm: { id } }]);
    expect(await lab.json(0, 'status')).toMatchObject({ confirmations: [{ id, forced: true, claims: 1 }] });
    await until('the stream to die', async () => ((await status('host1')) === 'offline' ? true : undefined));
    await until('packets to pass', async () => ((await passes(1)) ? true : undefined));

    await lab.synced();
    await until('both to hold nothing, of one revision', async () => {
      const [first, second] = await lab.hostRows();
      return first?.entries === 0 && second?.entries === 0 && first.revision === second.revision ? true : undefined;
    });
    expect(await lab.json(0, 'check', '192.168.1.10')).toMatchObject({
      hosts: [
        { name: 'host1', realized: 'pass' },
        { name: 'host2', realized: 'pass' },
      ],
    });
    expect(await lab.json(0, 'list')).toEqual([]);
    expect(await lab.json(0, 'audit', '--verb', 'undo')).toMatchObject([
      { actor: 'system', subject: `${id}: 192.168.1.0/28 on all` },
    ]);
    // The host that was cut off says so itself; the other one heard it from the controller.
    expect(await lab.json(0, 'audit', '--verb', 'ended')).toMatchObject([
      { subject: 'host1: 192.168.1.0/28', reason: expect.stringMatching(/^ended by itself in the kernel/) },
    ]);
    const late = await lab.fleetblock('confirm', id);
    expect(late).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('too late') });
  }, 120_000);

  test('heals itself with the controller dead, and of every address there is', async () => {
    const answer = await lab.fleetblock('block', '0.0.0.0/0', '--all-hosts', '--force', '--confirm', '25s');
    expect(answer.stderr).toMatch(/to confirm: fleetblock confirm/);
    await lab.stopController('SIGKILL');
    expect(await lab.attacker.reaches(GOOD, lab.host(1).address)).toBe(false);
    expect(await lab.attacker.reaches(GOOD, lab.host(2).address)).toBe(false);
    for (const host of lab.hosts) await passesAgain(GOOD, host.address);
    await lab.startController();
    await lab.synced();
    await until('the undoing', async () => {
      const records = await lab.json(0, 'audit', '--verb', 'undo');
      return Array.isArray(records) && records.length === 2 ? true : undefined;
    });
    expect(await lab.json(0, 'list')).toEqual([]);
  }, 120_000);

  test('stays when someone who can still reach the controller confirms it', async () => {
    const answer = await lab.fleetblock('block', '192.168.1.96/29', '--host', 'host2', '--force', '--confirm', '10s');
    const [, id = ''] = /fleetblock confirm ([a-z0-9]{6})/.exec(answer.stderr) ?? [];
    const confirmed = await lab.fleetblock('confirm', id, '-R', 'I am still here');
    expect(confirmed).toMatchObject({ exitCode: 0 });
    expect(confirmed.stdout).toMatch(/^confirmed 192\.168\.1\.96\/29 on 1\/1 hosts in [0-9]+ ms/);
    // One that is blocked later, for as long, and not confirmed: when it ends, the time of the first one is over too.
    await lab.fleetblock('block', OTHER, '--host', 'host2', '--confirm', '10s');
    expect(await lab.attacker.reaches(OTHER, lab.host(2).address)).toBe(false);
    await passesAgain(OTHER, lab.host(2).address);
    expect(await lab.attacker.reaches(GOOD, lab.host(2).address)).toBe(false);
    expect((await lab.fleetblock('unblock', '192.168.1.96/29')).exitCode).toBe(0);
    expect(await lab.attacker.reaches(GOOD, lab.host(2).address)).toBe(true);
  });
});
