// A host is revoked in the lab: its stream dies, its kernel keeps dropping, and the way back is a new token.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../../lab/lab.ts';
import { until } from '../../../lab/program.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`a revoked host${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    await lab.startHosts();
  });
  afterAll(() => lab?.close());

  const second = () => {
    const [, host] = lab.hosts;
    if (!host) throw new Error('no second host');
    return host;
  };
  const reaches = (source: string) => lab.attacker.reaches(source, second().address, { count: 2 });

  test('faults row 35: its stream ends, and it no longer counts', async () => {
    expect((await lab.fleetblock('block', BAD, '--all-hosts')).stdout).toMatch(/on 2\/2 hosts/);
    const before = (await second().log()).length;
    const revoked = lab.fleetblock('host', 'revoke', second().name, '-R', 'stolen');
    expect((await revoked).exitCode).toBe(0);
    await until('its stream to end', async () =>
      /UNAUTHENTICATED|revoked/.test((await second().log()).slice(before)) ? true : undefined,
    );
    expect((await lab.hostRows()).map(({ name }) => name)).toEqual([lab.hosts[0]?.name]);
    expect((await lab.fleetblock('block', '203.0.113.9', '--all-hosts')).stdout).toMatch(/on 1\/1 hosts /);
  });

  test('its kernel keeps dropping, and takes no further changes', async () => {
    expect(await reaches(BAD)).toBe(false);
    expect((await lab.fleetblock('unblock', BAD)).exitCode).toBe(0);
    expect(await reaches(BAD)).toBe(false);
    expect(await reaches(GOOD)).toBe(true);
  });

  test('it comes back as a new host with a new token, and has the list of now', async () => {
    await second().stopAgent();
    rmSync(second().stateFile('enrollment.json'));
    const { stdout: token } = await lab.fleetblock('token', 'create', '--host', second().name);
    await second().join(lab.controller, token);
    second().startAgent();
    await until('both hosts to be synced', async () =>
      (await lab.hostRows()).filter(({ status }) => status === 'synced').length === 2 ? true : undefined,
    );
    expect(await reaches(BAD)).toBe(true);
    expect((await lab.fleetblock('block', BAD, '--all-hosts')).stdout).toMatch(/on 2\/2 hosts/);
    expect(await reaches(BAD)).toBe(false);
  });
});
