// list, hosts and token create: tables and JSON, against a scripted controller over mutual TLS.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FleetblockError } from '../../common/errors.ts';
import type { Claim } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { CreateTokenRequest__Output } from '../../proto/gen/fleetblock/v1/CreateTokenRequest.ts';
import type { Host } from '../../proto/gen/fleetblock/v1/Host.ts';
import type { ListEntriesRequest__Output } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { RunOptions } from './support/cli.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();

const fleetblock = (args: string[], options: RunOptions = {}) => cli.fleetblock(args, options);

describe('list', () => {
  const claims: Claim[] = [
    {
      prefix: '192.0.2.1/32',
      action: 'ACTION_BLOCK',
      origin: 'manual',
      selector: { allHosts: true },
      reason: 'scan, ticket 4711',
      actor: 'admin/alice',
      createdAtMs: NOW - 60_000,
      expiresAtMs: NOW + 14_340_000,
    },
    {
      prefix: '2001:db8::/32',
      action: 'ACTION_ALLOW',
      origin: 'manual',
      selector: { hosts: { names: ['web1', 'web2'] } },
      actor: 'admin/alice',
      createdAtMs: NOW - 86_400_000,
    },
    {
      prefix: '198.51.100.0/24',
      action: 'ACTION_BLOCK',
      origin: 'list:drop',
      selector: { labels: 'role!=db,env=prod' },
      reason: 'evil\u001b[2Jname\n',
      actor: 'ci/import',
      createdAtMs: NOW - 1000,
      expiresAtMs: NOW - 5000,
      monitor: true,
    },
  ];

  test('the table', async () => {
    let asked: ListEntriesRequest__Output | undefined;
    cli.controller.script.listEntries = (request) => {
      asked = request;
      return claims;
    };
    const { stdout, stderr } = await fleetblock(['list', '--origin', 'manual', '--host', 'web1', '--expired']);
    expect(stdout).toBe(
      [
        'PREFIX           ACTION   ORIGIN     TARGETS                   ENDS          BY           REASON',
        '192.0.2.1/32     block    manual     all                       in 3h59m      admin/alice  scan, ticket 4711',
        '2001:db8::/32    allow    manual     host:web1,web2            never         admin/alice  -',
        '198.51.100.0/24  monitor  list:drop  labels:env=prod,role!=db  ended 5s ago  ci/import    evil\ufffd[2Jname\ufffd',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('');
    expect(asked).toMatchObject({ origin: 'manual', host: 'web1', expired: true, action: 'ACTION_UNSPECIFIED' });
  });

  test('-o json is the contract', async () => {
    cli.controller.script.listEntries = () => claims;
    const { stdout } = await fleetblock(['list', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual([
      {
        prefix: '192.0.2.1/32',
        action: 'block',
        origin: 'manual',
        selector: 'all',
        reason: 'scan, ticket 4711',
        actor: 'admin/alice',
        createdAt: '2026-11-24T11:59:00.000Z',
        expiresAt: '2026-11-24T15:59:00.000Z',
      },
      {
        prefix: '2001:db8::/32',
        action: 'allow',
        origin: 'manual',
        selector: 'host:web1,web2',
        reason: '',
        actor: 'admin/alice',
        createdAt: '2026-11-23T12:00:00.000Z',
        expiresAt: null,
      },
      {
        prefix: '198.51.100.0/24',
        action: 'monitor',
        origin: 'list:drop',
        selector: 'labels:env=prod,role!=db',
        reason: 'evil\u001b[2Jname\n',
        actor: 'ci/import',
        createdAt: '2026-11-24T11:59:59.000Z',
        expiresAt: '2026-11-24T11:59:55.000Z',
      },
    ]);
    // One element a line.
    expect(stdout.trimEnd().split('\n')).toHaveLength(5);
  });

  test('nothing is an empty array, an empty sequence, a heading', async () => {
    cli.controller.script.listEntries = () => [];
    expect((await fleetblock(['list', '-o', 'json'])).stdout).toBe('[]\n');
    expect((await fleetblock(['list', '-o', 'yaml'])).stdout).toBe('[]\n');
    expect((await fleetblock(['list'])).stdout).toBe('PREFIX  ACTION  ORIGIN  TARGETS  ENDS  BY  REASON\n');
  });

  test('-o yaml holds the same', async () => {
    cli.controller.script.listEntries = () => claims.slice(0, 1);
    expect((await fleetblock(['list', '-o', 'yaml'])).stdout).toBe(
      '- prefix: 192.0.2.1/32\n  action: block\n  origin: manual\n  selector: all\n  reason: scan, ticket 4711\n  actor: admin/alice\n  createdAt: 2026-11-24T11:59:00.000Z\n  expiresAt: 2026-11-24T15:59:00.000Z\n',
    );
  });

  test('many claims come whole, in order', async () => {
    cli.controller.script.listEntries = function* () {
      for (let i = 0; i < 20_000; i++)
        yield { prefix: `10.0.${i >> 8}.${i & 255}/32`, action: 'ACTION_BLOCK', selector: { allHosts: true } };
    };
    const rows: { prefix: string }[] = JSON.parse((await fleetblock(['list', '-o', 'json'])).stdout);
    expect(rows).toHaveLength(20_000);
    expect(rows[19_999]?.prefix).toBe('10.0.78.31/32');
    expect((await fleetblock(['list'])).stdout.split('\n')).toHaveLength(20_002);
  });

  test('on a terminal: colours, and a row stays one line', async () => {
    cli.controller.script.listEntries = () => [{ ...claims[0], action: 'ACTION_ALLOW', reason: 'x'.repeat(200) }];
    const { stdout } = await fleetblock(['list'], { terminal: 80 });
    expect(stdout).toContain('\u001b[33mallow \u001b[0m');
    const plain = stripVTControlCharacters(stdout).trimEnd().split('\n');
    for (const line of plain) expect(line.length).toBeLessThanOrEqual(80);
    expect(plain[1]).toMatch(/…$/);
    const sober = await fleetblock(['list'], { terminal: 80, env: { ...cli.env, NO_COLOR: '1' } });
    expect(sober.stdout).not.toContain('\u001b');
  });

  test('an error in the middle is reported, with exit code and without a false end', async () => {
    cli.controller.script.listEntries = function* () {
      yield* claims.slice(0, 1);
      throw new FleetblockError('INTERNAL', 'the store is damaged');
    };
    const { stdout, stderr, exitCode } = await fleetblock(['list', '-o', 'json']);
    expect(exitCode).toBe(1);
    expect(stderr).toBe('fleetblock: the store is damaged\n');
    expect(() => JSON.parse(stdout)).toThrow();
  });

  test('allow list asks for allow claims only', async () => {
    let asked: ListEntriesRequest__Output | undefined;
    cli.controller.script.listEntries = (request) => {
      asked = request;
      return [];
    };
    await fleetblock(['allow', 'list']);
    expect(asked?.action).toBe('ACTION_ALLOW');
  });
});

describe('hosts', () => {
  const all: Host[] = [
    {
      name: 'host10',
      id: '7f9c1d0e-0000-4000-8000-000000000010',
      status: 'degraded',
      labels: { role: 'web', env: 'prod' },
      revision: 41,
      entries: 1234567,
      interfaces: [
        { name: 'eth0', mode: 'native' },
        { name: 'eth1', mode: 'generic', problem: 'the driver has no native XDP' },
      ],
      counters: { droppedPackets: '12345678901234567890', droppedBytes: 1536 },
      lastSeenMs: NOW - 3000,
      agentVersion: '0.1.0',
      problems: ['drift was repaired'],
    },
    { name: 'host2', id: '7f9c1d0e-0000-4000-8000-000000000002', status: 'offline' },
  ];

  test('the table; what is wrong goes to stderr', async () => {
    cli.controller.script.listHosts = () => ({ hosts: all });
    expect(await fleetblock(['hosts'])).toEqual({
      exitCode: 0,
      stdout: [
        'NAME    STATUS    REVISION    ENTRIES  INTERFACES                                    DROPPED  LAST SEEN',
        'host2   offline          0          0  -                                                   0  never',
        'host10  degraded        41  1,234,567  eth0 native, eth1 generic  12,345,678,901,234,567,890  3s ago',
        '',
      ].join('\n'),
      stderr: 'host10: drift was repaired\nhost10: eth1: the driver has no native XDP\n',
    });
  });

  test('-o wide has the rest', async () => {
    cli.controller.script.listHosts = () => ({ hosts: all.slice(0, 1) });
    const { stdout } = await fleetblock(['hosts', '-o', 'wide']);
    expect(stdout).toMatch(/1\.5 KiB .*env=prod,role=web +0\.1\.0 +7f9c1d0e-\S+ +drift was repaired; eth1: the driver/);
  });

  test('-o json is the contract', async () => {
    cli.controller.script.listHosts = () => ({ hosts: all });
    expect(JSON.parse((await fleetblock(['hosts', '-o', 'json'])).stdout)).toEqual([
      {
        name: 'host2',
        id: '7f9c1d0e-0000-4000-8000-000000000002',
        status: 'offline',
        labels: {},
        revision: 0,
        entries: 0,
        interfaces: [],
        dropped: { packets: 0, bytes: 0 },
        lastSeen: null,
        version: '',
      },
      {
        name: 'host10',
        id: '7f9c1d0e-0000-4000-8000-000000000010',
        status: 'degraded',
        labels: { role: 'web', env: 'prod' },
        revision: 41,
        entries: 1234567,
        interfaces: [
          { name: 'eth0', mode: 'native' },
          { name: 'eth1', mode: 'generic' },
        ],
        dropped: { packets: '12345678901234567890', bytes: 1536 },
        lastSeen: '2026-11-24T11:59:57.000Z',
        version: '0.1.0',
      },
    ]);
  });

  test('an empty fleet says how to grow it', async () => {
    cli.controller.script.listHosts = () => ({ hosts: [] });
    expect((await fleetblock(['hosts'])).stderr).toMatch(/fleetblock token create/);
  });
});

describe('token create', () => {
  test('stdout is the token alone, for a pipe', async () => {
    let asked: CreateTokenRequest__Output | undefined;
    cli.controller.script.createToken = (request) => {
      asked = request;
      return { token: 'fbt1.abcdefgh.secret.pin', id: 'abcdefgh', expiresAtMs: NOW + 900_000 };
    };
    const words = ['-d', '15m', '--uses', '20', '--label', 'env=prod', '--label', 'role=web', '--host', 'web1'];
    expect(await fleetblock(['token', 'create', ...words])).toEqual({
      exitCode: 0,
      stdout: 'fbt1.abcdefgh.secret.pin\n',
      stderr: `for 20 hosts, valid 15m: fleetblock-agent join ${cli.controller.address} --token-file -\n`,
    });
    expect(asked).toMatchObject({
      ttlMs: '900000',
      maxUses: 20,
      labels: { env: 'prod', role: 'web' },
      hostName: 'web1',
    });
    const { stdout } = await fleetblock(['token', 'create', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual({
      token: 'fbt1.abcdefgh.secret.pin',
      id: 'abcdefgh',
      expiresAt: '2026-11-24T12:15:00.000Z',
    });
  });

  test.each([
    [['--label', 'env'], /is not a label/],
    [['--label', '=x'], /is not a label/],
    [['--host', 'a b'], /cannot be a host name/],
    [['--uses', '0'], /number from 1 to/],
    [['-d', '5'], /not a duration/],
  ])('%j is refused', async (words, text) => {
    const { exitCode, stderr } = await fleetblock(['token', 'create', ...words]);
    expect(stderr).toMatch(text);
    expect(exitCode).toBe(2);
  });
});
