// What operators watch: check, status, top, watch, doctor, events and audit, against a scripted controller over mutual TLS.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../proto/gen/fleetblock/v1/Host.ts';
import type { ListAuditRequest__Output } from '../../proto/gen/fleetblock/v1/ListAuditRequest.ts';
import type { RunOptions } from './support/cli.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const fleetblock = (args: string[], options: RunOptions = {}) => cli.fleetblock(args, options);
const json = (args: string[], options: RunOptions = {}) => cli.json(args, options);

describe('check', () => {
  test('claims and kernels; one that does something else is named, with exit code 3', async () => {
    cli.controller.script.check = ({ address }) => ({
      prefix: address,
      claims: [{ prefix: '203.0.113.0/24', action: 'ACTION_BLOCK', origin: 'manual', selector: { allHosts: true } }],
      hosts: [
        {
          name: 'host1',
          status: 'synced',
          desired: 'drop',
          realized: 'drop',
          entry: '203.0.113.0/24',
          hits: 1234,
          lastHitMs: NOW - 2000,
        },
        { name: 'host2', status: 'synced', desired: 'drop', realized: 'pass' },
        { name: 'host3', status: 'offline', desired: 'drop', problem: 'it is not connected' },
      ],
    });
    const { stdout, stderr, exitCode } = await fleetblock(['check', '203.0.113.7']);
    expect(stdout).toMatch(/^203\.0\.113\.0\/24 +block +manual +all/m);
    expect(stdout).toMatch(/^host1 +synced +drop +drop +203\.0\.113\.0\/24 +1,234 +2s ago$/m);
    expect(stderr).toBe('host2: should drop, but its kernel does pass\nhost3: no answer: it is not connected\n');
    expect(exitCode).toBe(3);
    expect((await json(['check', '203.0.113.7'])).hosts[2]).toEqual({
      name: 'host3',
      status: 'offline',
      desired: 'drop',
      realized: null,
      entry: null,
      hits: 0,
      lastHit: null,
      problem: 'it is not connected',
    });
  });

  test('nothing matches', async () => {
    cli.controller.script.check = ({ address }) => ({ prefix: address });
    expect((await fleetblock(['check', '203.0.113.7'])).stdout).toBe('no claim matches 203.0.113.7/32\n');
  });
});

describe('status, top, doctor', () => {
  const hosts: Host[] = [
    {
      name: 'host1',
      status: 'synced',
      counters: { droppedPackets: 10, droppedBytes: 2048 },
      topSources: [{ address: Buffer.from([192, 0, 2, 1]), packets: 5 }],
    },
    {
      name: 'host2',
      status: 'offline',
      counters: { droppedPackets: 3, droppedBytes: 100 },
      problems: ['no contact'],
      topSources: [
        { address: Buffer.from([192, 0, 2, 1]), packets: 7 },
        { address: Buffer.from('20010db8000000000000000000000001', 'hex'), packets: 100 },
      ],
    },
  ];
  beforeEach(() => {
    cli.controller.script.listHosts = () => ({ hosts, revision: 42 });
  });

  test('status', async () => {
    expect(await fleetblock(['status'])).toEqual({
      exitCode: 0,
      stdout: 'hosts      2: 1 synced, 1 offline\nrevision   42\ndropped    13 packets, 2.1 KiB\noffline    host2\n',
      stderr: 'host2: no contact\n',
    });
    expect(await json(['status'])).toEqual({
      revision: 42,
      hosts: { total: 2, synced: 1, lagging: 0, degraded: 0, offline: 1 },
      dropped: { packets: 13, bytes: 2148 },
      driftRepairs: 0,
      problems: [{ host: 'host2', text: 'no contact' }],
      warnings: [],
      confirmations: [],
      rollouts: [],
    });
  });

  test('what is wrong with the controller itself', async () => {
    const warnings = ["this machine's clock is 1d beyond the controller's last sign of life"];
    cli.controller.script.listHosts = () => ({ hosts: hosts.slice(0, 1), revision: 42, warnings });
    expect((await fleetblock(['status'])).stderr).toBe(`controller: ${warnings[0]}\n`);
    expect(await json(['status'])).toMatchObject({ warnings });
    const { stdout, exitCode } = await fleetblock(['doctor']);
    expect(stdout).toMatch(/^failed {3}controller {3}this machine's clock is 1d beyond/m);
    expect(exitCode).toBe(1);
  });

  test('top sums over the hosts that are connected', async () => {
    expect(await json(['top'])).toEqual([{ address: '192.0.2.1', packets: 5, hosts: ['host1'] }]);
    const connected = hosts.map((host) => ({ ...host, status: 'synced' }));
    cli.controller.script.listHosts = () => ({ hosts: connected, revision: 42 });
    expect(await json(['top'])).toEqual([
      { address: '2001:db8::1', packets: 100, hosts: ['host2'] },
      { address: '192.0.2.1', packets: 12, hosts: ['host2', 'host1'] },
    ]);
    expect((await fleetblock(['top', '-n', '1'])).stdout).toBe(
      'SOURCE       PACKETS  HOSTS\n2001:db8::1      100  host2\n',
    );
  });

  test('watch draws until it is interrupted', async () => {
    const interrupt = new AbortController();
    let draws = 0;
    cli.controller.script.listHosts = () => {
      // The fourth is asked for when the third has been drawn.
      if (++draws === 4) interrupt.abort();
      return { hosts, revision: 42 };
    };
    const words = ['watch', '--interval', '200ms', '-o', 'json'];
    const { stdout, exitCode } = await fleetblock(words, { signal: interrupt.signal });
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(JSON.parse(lines[0] ?? '')).toHaveLength(2);
  });

  test('doctor', async () => {
    const { stdout, exitCode } = await fleetblock(['doctor']);
    expect(stdout).toMatch(/^ok {7}credentials /m);
    expect(stdout).toMatch(/^ok {7}controller {3}127\.0\.0\.1:\d+ answers in \d+ ms, at revision 42$/m);
    expect(stdout).toMatch(/^failed {3}host {9}host2 is offline: no contact$/m);
    expect(exitCode).toBe(1);
    const broken = await fleetblock(['doctor'], { env: { FLEETBLOCK_CONFIG: '/nonexistent' } });
    expect(broken.stdout).toMatch(/^failed {3}credentials {2}no credentials: \/nonexistent does not exist/);
    expect(broken.exitCode).toBe(1);
  });
});

describe('events and audit', () => {
  test('events', async () => {
    cli.controller.script.watchEvents = () => [
      { sequence: 1, atMs: NOW, kind: 'host.offline', host: 'web1', text: 'it went away' },
      { sequence: 2, atMs: NOW, kind: 'change', text: 'one', revision: 3 },
    ];
    expect(await json(['events'])).toEqual([
      {
        sequence: 1,
        at: '2026-11-24T12:00:00.000Z',
        kind: 'host.offline',
        host: 'web1',
        text: 'it went away',
        revision: null,
      },
      { sequence: 2, at: '2026-11-24T12:00:00.000Z', kind: 'change', host: null, text: 'one', revision: 3 },
    ]);
    expect((await fleetblock(['events', '-f'])).stdout).toBe(
      '2026-11-24T12:00:00.000Z  host.offline       web1: it went away\n2026-11-24T12:00:00.000Z  change             one\n',
    );
    expect((await fleetblock(['events', '-f', '-o', 'json'])).stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('drops, and packets that no line reports', async () => {
    const asked: string[] = [];
    cli.controller.script.watchDrops = ({ host }) => {
      asked.push(host);
      const drop = { atMs: NOW, interface: 'eth0', packets: 1234, bytes: 79_000 };
      return [
        { host: 'web1', drops: [{ ...drop, source: Buffer.from([198, 51, 100, 7]) }], unreportedPackets: 5000 },
        {
          host: 'web2',
          drops: [
            { ...drop, source: Buffer.from('20010db8000000000000000000000001', 'hex'), packets: 1, monitored: true },
          ],
          lostReports: 2,
        },
      ];
    };
    expect((await fleetblock(['events', '--drops'])).stdout.split('\n')).toEqual([
      '2026-11-24T12:00:00.000Z  web1  eth0  198.51.100.7  1,234 packets dropped',
      '2026-11-24T12:00:00.000Z  web1  5,000 packets more, not sampled',
      '2026-11-24T12:00:00.000Z  2 reports left out: they came faster than they were read',
      '2026-11-24T12:00:00.000Z  web2  eth0  2001:db8::1  1 packet monitored',
      '',
    ]);
    const lines = (await fleetblock(['events', '--drops', '-H', 'web1', '-o', 'json'])).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { host: 'web1', interface: 'eth0', source: '198.51.100.7', verdict: 'drop', packets: 1234, bytes: 79_000 },
      { host: 'web1', unreportedPackets: 5000, lostReports: 0 },
      { host: 'web2', source: '2001:db8::1', verdict: 'monitor', packets: 1 },
      { host: 'web2', unreportedPackets: 0, lostReports: 2 },
    ]);
    expect(asked).toEqual(['', 'web1']);
  });

  test('audit, and its conditions', async () => {
    let asked: ListAuditRequest__Output | undefined;
    cli.controller.script.listAudit = (request) => {
      asked = request;
      return [
        {
          sequence: 9,
          atMs: NOW,
          actor: 'admin/alice',
          verb: 'block',
          subject: '192.0.2.1/32 on all',
          reason: 'scan',
          revision: 4,
          source: '192.0.2.9:50000',
        },
      ];
    };
    expect(
      await json(['audit', '--since', '1h', '--until', '2026-11-24', '--actor', 'admin/alice', '--last', '5']),
    ).toEqual([
      {
        sequence: 9,
        at: '2026-11-24T12:00:00.000Z',
        actor: 'admin/alice',
        verb: 'block',
        subject: '192.0.2.1/32 on all',
        reason: 'scan',
        revision: 4,
        source: '192.0.2.9:50000',
      },
    ]);
    expect(asked).toMatchObject({
      sinceMs: String(NOW - 3_600_000),
      untilMs: String(Date.parse('2026-11-24')),
      actor: 'admin/alice',
      last: 5,
    });
    const bad = await fleetblock(['audit', '--since', 'yesterday']);
    expect(bad).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/a time ago like 24h/) });
  });
});
