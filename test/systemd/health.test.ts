// The programs under a service manager: what they tell it, and `health` of both, which asks the program itself: one that hangs, is gone or
// no longer enforces is not healthy.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult, LabHost } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';
import { NotifySocket } from './notify-socket.ts';

const reason = Lab.whyNot();

describe.skipIf(reason)(`as services${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let directory: string;
  let systemd: NotifySocket;
  let lab: Lab;
  let host: LabHost;
  const ofController = () => lab.controllerCommand('health', '--data-dir', lab.dataDir);
  const ofAgent = () => host.agent('health', '--state-dir', host.stateDir);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-health-'));
    systemd = new NotifySocket(join(directory, 'notify'));
    lab = await Lab.create({ hosts: 1, env: { NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '4000000' } });
    host = lab.host(1);
    await lab.startHosts();
  });
  afterAll(async () => {
    await lab?.close();
    systemd.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('both are ready, fed, and say how they are', async () => {
    const said = async (text: RegExp) =>
      until(`${text}`, async () => (systemd.received().some((message) => text.test(message)) ? true : undefined));
    await said(/^WATCHDOG=1\nSTATUS=fleet default at revision \d+, hosts: 1 synced$/);
    await said(/^WATCHDOG=1\nSTATUS=0 entries at revision \d+ on \S+; connected to 192\.168\.1\.10:7443$/);
    expect(systemd.received().filter((message) => message === 'READY=1')).toHaveLength(2);
    expect(await ofController()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^fleet default at revision/),
    });
    expect(await ofAgent()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/connected to/) });
  });

  test('one that hangs is not healthy, and is again when it goes on', async () => {
    const hung = async (pid: number | undefined, health: () => Promise<CommandResult>) => {
      if (pid === undefined) throw new Error('it does not run');
      process.kill(pid, 'SIGSTOP');
      try {
        expect(await health()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not answer') });
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      expect(await health()).toMatchObject({ exitCode: 0 });
    };
    await hung(lab.controllerPid, ofController);
    await hung(host.agentPid, ofAgent);
  });

  test('an agent without its controller is healthy, and without its interface is not', async () => {
    // Its queue is short: what is not read is in the way.
    systemd.received();
    await lab.stopController();
    expect(systemd.received()).toContain('STOPPING=1\nSTATUS=stopping');
    expect(await ofController()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no controller runs') });
    expect(await ofAgent()).toMatchObject({ exitCode: 0 });
    const name = host.station.interface;
    expect(await host.run(['ip', 'link', 'del', name])).toMatchObject({ exitCode: 0 });
    const ill = await until('an agent that is not healthy', async () => {
      const health = await ofAgent();
      return health.exitCode === 0 ? undefined : health;
    });
    expect(ill).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`nothing is dropped on ${name}`) });
    await host.stopAgent();
    expect(await ofAgent()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no agent runs') });
  });
});
