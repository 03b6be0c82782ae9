// The audit of a whole controller: the caller's address, the result host by host, and searches by what records name.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from '../cli/support/cli.ts';
import { type SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

let fleet: SyncFleet;
let hosts: SimulatedHost[];
let config: string;

beforeAll(async () => {
  fleet = await SyncFleet.start();
  hosts = [await fleet.agent('web1'), await fleet.agent('web2'), await fleet.agent('db1')];
  await until('all synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
  config = `${fleet.directory}/data/operators/admin.yaml`;
  await hosts[2]?.stop();
  await until('db1 offline', async () => (await fleet.operator.host('db1')).status === 'offline');
  // Answered when db1 has been away for some seconds.
  await fleet.operator.block(['203.0.113.7'], { wait: { timeoutMs: 60_000 }, reason: 'scan' });
  await fleet.operator.block(['3.0.113.7'], { target: { hosts: { names: ['web1'] } } });
  await fleet.operator.block(['127.0.0.1']).catch(() => undefined);
  await fleet.operator.block(['198.51.100.1'], { dryRun: true });
  await fleet.operator.block(['203.0.113.7'], { wait: { timeoutMs: 50 }, reason: 'scan' });
  await until('the results', async () => (await fleet.operator.audit({ verb: 'result' })).length === 2);
  await until('the refusal', async () => (await fleet.operator.audit({ verb: 'refused' })).length === 1);
});
afterAll(async () => {
  await Promise.all(hosts.slice(0, 2).map((host) => host.stop()));
  await fleet.stop();
});

interface Entry {
  readonly verb: string;
  readonly subject: string;
  readonly reason: string;
  readonly revision: number | null;
  readonly source: string | null;
}

async function audit(...args: string[]): Promise<Entry[]> {
  const env = { FLEETBLOCK_CONFIG: config, FLEETBLOCK_CONTROLLER: fleet.address };
  const { exitCode, stdout, stderr } = await runHere(['audit', ...args, '-o', 'json'], { env });
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('the audit', () => {
  it('has how each host stood to a change, by its revision; nothing of dry runs and of what was there already', async () => {
    const [block] = await audit('--verb', 'block', '--prefix', '203.0.113.7');
    const results = await audit('--verb', 'result');
    expect(results).toMatchObject([
      {
        subject: '2/3 hosts enforced; pending: db1 (offline)',
        reason: 'block 203.0.113.7/32',
        revision: block?.revision,
      },
      { subject: '1/1 hosts enforced', reason: 'block 3.0.113.7/32' },
    ]);
    expect(await audit('--prefix', '198.51.100.1')).toEqual([]);
    expect(await audit('--verb', 'block')).toHaveLength(2);
  });

  it('has every refusal, and from where all of it came', async () => {
    const [refused] = await audit('--verb', 'refused', '--prefix', '127.0.0.1');
    expect(refused?.reason).toMatch(/^FAILED_PRECONDITION: refused: 127\.0\.0\.1\/32 covers loopback/);
    for (const entry of [...(await audit('--verb', 'block')), refused])
      expect(entry?.source).toMatch(/^127\.0\.0\.1:[0-9]+$/);
  });

  it('is found by whole prefixes and hosts, as targets and as those that did not enforce', async () => {
    expect((await audit('--prefix', '3.0.113.7')).map(({ verb }) => verb)).toEqual(['block', 'result']);
    expect((await audit('--prefix', '203.0.113.7/32')).map(({ verb }) => verb)).toEqual(['block', 'result']);
    const of = async (host: string) => (await audit('--host', host)).map(({ verb }) => verb);
    expect(await of('db1')).toEqual(['enroll', 'result']);
    expect(await of('web1')).toEqual(['enroll', 'block']);
    expect(await of('web')).toEqual([]);
  });

  it('is whole', async () => {
    const env = { FLEETBLOCK_CONFIG: config, FLEETBLOCK_CONTROLLER: fleet.address };
    expect((await runHere(['audit', 'verify'], { env })).stdout).toMatch(/^[0-9]+ records, whole/);
  });
});
