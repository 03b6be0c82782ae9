// What is allowed still passes a real kernel, and no command says that it is blocked.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`allowed${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    await lab.startHosts();
  });
  afterAll(() => lab?.close());

  const reach = (source: string) => Promise.all(lab.hosts.map((host) => lab.attacker.reaches(source, host.address)));

  test('a block under an allow claim is reported as failed, because the packets pass', async () => {
    await lab.json(0, 'allow', 'add', BAD, '--host', 'host1');
    const { stdout, stderr, exitCode } = await lab.fleetblock('block', `${BAD}/32`, GOOD, '--all-hosts');
    expect(await reach(BAD)).toEqual([true, false]);
    expect(await reach(GOOD)).toEqual([false, false]);
    expect(stdout).toMatch(/^blocked 192\.168\.1\.100\/32, 192\.168\.1\.101\/32 on 1\/2 hosts in \d+ ms/);
    expect(stderr).toBe(
      'failed: host1 lets it pass: ALLOWED: 192.168.1.100/32 goes on passing here: 192.168.1.100/32 (allowed by manual on host:host1); an allow entry wins over every block',
    );
    expect(exitCode).toBe(3);
    expect(await lab.json(3, 'block', BAD, '--all-hosts')).toMatchObject({
      hosts: { targeted: 2, enforced: 1, pending: [], failed: [{ name: 'host1', code: 'ALLOWED' }] },
    });
  });

  test('a prefix with an allowed part is blocked, and the part is named', async () => {
    const { stderr, exitCode } = await lab.fleetblock('block', '192.168.1.100/31', '--host', 'host1');
    expect(await reach(BAD)).toEqual([true, false]);
    expect(await reach(GOOD)).toEqual([false, false]);
    expect(stderr).toBe(
      'warning: parts of 192.168.1.100/31 go on passing: 192.168.1.100/32 (allowed by manual on host:host1)',
    );
    expect(exitCode).toBe(0);
    expect(await lab.json(0, 'unblock', '192.168.1.100/31', GOOD)).toMatchObject({ hosts: { enforced: 2 } });
    await lab.json(0, 'allow', 'rm', BAD);
    expect(await reach(BAD)).toEqual([false, false]);
  });

  test("a host's own address is not blocked on that host", async () => {
    const own = lab.host(1).address;
    const refused = await lab.fleetblock('block', own, '--all-hosts');
    expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining(own) });
    expect(await lab.json(3, 'block', own, '--all-hosts', '--force')).toMatchObject({
      hosts: {
        targeted: 2,
        enforced: 1,
        failed: [
          { name: 'host1', code: 'ALLOWED', text: expect.stringContaining('protected by host1 itself: own address') },
        ],
      },
    });
  });
});
