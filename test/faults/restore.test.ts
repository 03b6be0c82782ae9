// A controller restored from a backup that lacks what the hosts enforce: nothing is given up until an operator says so.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`restore${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.create({ hosts: 2 });
    await lab.startHosts();
  });
  afterAll(() => lab?.close());

  const controller = (verb: 'backup' | 'restore', file: string) =>
    lab.controllerCommand(verb, file, '--data-dir', lab.dataDir);
  const reached = (source: string) => Promise.all(lab.hosts.map((host) => lab.attacker.reaches(source, host.address)));

  test('faults row 23: hosts keep their list after a restore, are shown, and give it up by host resync alone', async () => {
    const backup = join(lab.directory, 'monday.db');
    await lab.json(0, 'block', GOOD, '--all-hosts');
    expect(await controller('backup', backup)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`wrote ${backup}: the store at revision`),
    });
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect(await controller('backup', backup)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('is there already'),
    });

    // What the backup does not know.
    await lab.json(0, 'unblock', GOOD);
    await lab.json(0, 'block', BAD, '--all-hosts');
    expect([await reached(BAD), await reached(GOOD)]).toEqual([
      [false, false],
      [true, true],
    ]);

    expect(await controller('restore', backup)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('stop it first'),
    });
    await lab.stopController();
    expect(await controller('restore', backup)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('\n  fleetblock host resync --all-hosts'),
    });
    await lab.startController();

    await until('both hosts to be shown as degraded', async () =>
      (await lab.hostRows()).every(({ status }) => status === 'degraded') ? true : undefined,
    );
    const { problems } = Object(await lab.json(0, 'status'));
    expect(problems).toEqual(
      lab.hosts.map(({ name: host }) => ({ host, text: expect.stringMatching(/^EPOCH_MISMATCH: .*host resync/) })),
    );
    expect(await lab.json(0, 'list')).toMatchObject([{ prefix: `${GOOD}/32` }]);
    // A change reaches no host: a part of one list and a part of another is neither.
    expect(await lab.json(3, 'block', '203.0.113.1', '--all-hosts', '--timeout', '1s')).toMatchObject({
      hosts: { targeted: 2, enforced: 0 },
    });
    expect([await reached(BAD), await reached(GOOD)]).toEqual([
      [false, false],
      [true, true],
    ]);

    const resynced = await lab.json(0, 'host', 'resync', '--all-hosts', '-R', 'restored from the backup of Monday');
    expect(resynced).toMatchObject({ hosts: { targeted: 2, enforced: 2 } });
    // At once, not with their next report.
    expect((await lab.hostRows()).map(({ status }) => status)).toEqual(['synced', 'synced']);
    expect([await reached(BAD), await reached(GOOD)]).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(await lab.json(0, 'check', '203.0.113.1')).toMatchObject({
      hosts: [{ realized: 'drop' }, { realized: 'drop' }],
    });
    // It is their list now: a restart of an agent takes it up like any other.
    await lab.host(1).stopAgent();
    lab.host(1).startAgent();
    await lab.synced();
    expect(await reached(GOOD)).toEqual([false, false]);
  });
});
