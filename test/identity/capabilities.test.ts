// The agent with exactly the powers that its systemd unit gives it: root's id, three capabilities, no new privileges.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD, GOOD, Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';

const unit = readFileSync(
  fileURLToPath(new URL('../../deploy/systemd/fleetblock-agent.service', import.meta.url)),
  'utf8',
);
const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
const capabilities = setting('CapabilityBoundingSet')
  .split(' ')
  .map((name) => name.replace(/^CAP_/, '').toLowerCase());

const reason = Lab.whyNot();

describe.skipIf(reason)(`as the unit runs it${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    const bounding = `--bounding-set=${['-all', ...capabilities.map((name) => `+${name}`)].join(',')}`;
    lab = await Lab.create({
      hosts: 1,
      agentPrefix: ['setpriv', bounding, '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'],
    });
    await lab.startHosts();
  });
  afterAll(() => lab?.close());

  const host = () => {
    const [first] = lab.hosts;
    if (!first) throw new Error('no host');
    return first;
  };
  const reaches = (source: string) => lab.attacker.reaches(source, host().address, { count: 2 });
  const synced = () =>
    until('the host to be synced', async () => ((await lab.hostRows())[0]?.status === 'synced' ? true : undefined));

  test('the unit is the one that is tested', () => {
    expect(capabilities).toEqual(['bpf', 'net_admin', 'perfmon']);
    expect(setting('NoNewPrivileges')).toBe('yes');
    expect(setting('User')).toBe('root');
    const status = readFileSync(`/proc/${host().agentPid}/status`, 'utf8');
    const effective = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1]}`);
    expect(effective).toBe((1n << 39n) | (1n << 38n) | (1n << 12n));
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  });

  test('it blocks, natively', async () => {
    expect(await reaches(BAD)).toBe(true);
    expect((await lab.fleetblock('block', BAD, '--all-hosts')).exitCode).toBe(0);
    expect(await reaches(BAD)).toBe(false);
    expect(await reaches(GOOD)).toBe(true);
    expect((await lab.hostRows())[0]?.interfaces[0]?.mode).toBe('native');
  });

  test('it restarts, and an upgraded one adopts what is pinned', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await host().stopAgent(signal);
      expect(await reaches(BAD)).toBe(false);
      host().startAgent();
      await synced();
      expect(await reaches(BAD)).toBe(false);
      expect(await reaches(GOOD)).toBe(true);
    }
    expect((await lab.fleetblock('unblock', BAD)).exitCode).toBe(0);
    expect(await reaches(BAD)).toBe(true);
  });

  test('it says how it is, and detaches', async () => {
    expect((await host().agent('status', '--state-dir', host().stateDir, '--pin-dir', host().pinDir)).exitCode).toBe(0);
    await lab.fleetblock('block', BAD, '--all-hosts');
    await host().stopAgent();
    expect(await reaches(BAD)).toBe(false);
    expect((await host().detach()).exitCode).toBe(0);
    expect(await reaches(BAD)).toBe(true);
  });
});
