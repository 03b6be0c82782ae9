// Lists, exports, checks and the rest of what operators ask of the fleet, against a scripted controller over mutual TLS.
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FleetblockError } from '../../common/errors.ts';
import { fromWire, packEntries, toWire, unpackEntries } from '../../common/packed.ts';
import { formatPrefix, parsePrefix } from '../../common/prefix.ts';
import type { Host } from '../../proto/gen/fleetblock/v1/Host.ts';
import type { ImportListRequest__Output } from '../../proto/gen/fleetblock/v1/ImportListRequest.ts';
import type { ListAuditRequest__Output } from '../../proto/gen/fleetblock/v1/ListAuditRequest.ts';
import { type RunOptions, runHere } from './support/cli.ts';
import { ScriptedController } from './support/scripted-controller.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

let controller: ScriptedController;
let env: Record<string, string>;
beforeAll(async () => {
  controller = await ScriptedController.start();
  env = { FLEETBLOCK_CONFIG: controller.credentials() };
});
afterAll(() => controller?.close());
beforeEach(() => {
  controller.script = {};
});

const fleetblock = (args: string[], options: RunOptions = {}) => runHere(args, { env, now: NOW, ...options });
const json = async (args: string[], options: RunOptions = {}) =>
  JSON.parse((await fleetblock([...args, '-o', 'json'], options)).stdout);
const rowsOf = (requests: ImportListRequest__Output[]) =>
  requests.flatMap(({ rows }) => (rows ? unpackEntries(fromWire(rows)) : []));

describe('import', () => {
  const reply = { revision: 7, added: 3, unchanged: 1, removed: 2, hosts: { targeted: 2, enforced: 2 }, elapsedMs: 12 };

  test('sends the list whole, and prints the proof', async () => {
    let requests: ImportListRequest__Output[] = [];
    controller.script.importList = (all) => {
      requests = all;
      return reply;
    };
    const words = ['import', '-', '--list', 'drop', '--all-hosts', '-R', 'weekly', '--monitor'];
    expect(await fleetblock(words, { stdin: '# c\n192.0.2.1\n2001:db8::/32\n10.0.0.0/8\n' })).toEqual({
      exitCode: 0,
      stdout: 'imported list drop: 4 entries (3 new, 2 removed) on 2/2 hosts in 12 ms (revision 7)\n',
      stderr: '',
    });
    expect(requests[0]?.begin).toMatchObject({
      list: 'drop',
      target: { target: 'allHosts' },
      action: 'ACTION_BLOCK',
      monitor: true,
      reason: 'weekly',
      dryRun: false,
      wait: { timeoutMs: 60_000 },
    });
    const prefixes = rowsOf(requests).map(({ prefix }) => formatPrefix(prefix));
    expect(prefixes).toEqual(['192.0.2.1/32', '10.0.0.0/8', '2001:db8::/32']);
  });

  test('200,000 lines arrive, in messages that a controller takes', async () => {
    let requests: ImportListRequest__Output[] = [];
    controller.script.importList = (all) => {
      requests = all;
      return reply;
    };
    const lines = Array.from({ length: 200_000 }, (_, i) => `20.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    await fleetblock(['import', '-', '--list', 'big', '--all-hosts'], { stdin: lines.join('\n') });
    expect(requests.length).toBe(5);
    expect(rowsOf(requests).map(({ prefix }) => prefix.address.join('.'))).toEqual(lines);
  });

  test('-o json; exit code 3 when a host did not prove it', async () => {
    controller.script.importList = () => ({
      ...reply,
      hosts: { targeted: 2, enforced: 1, failed: [{ name: 'host2', code: 'CAPACITY', text: 'full' }] },
    });
    const result = await fleetblock(['import', '-', '--list', 'drop', '--all-hosts', '-o', 'json'], {
      stdin: '192.0.2.1\n',
    });
    expect(JSON.parse(result.stdout)).toEqual({
      revision: 7,
      list: 'drop',
      added: 3,
      updated: 0,
      unchanged: 1,
      removed: 2,
      hosts: { targeted: 2, enforced: 1, pending: [], failed: [{ name: 'host2', code: 'CAPACITY', text: 'full' }] },
      elapsedMs: 12,
    });
    expect(result.stderr).toBe('failed: host2 refused it: CAPACITY: full\n');
    expect(result.exitCode).toBe(3);
  });

  test('faults row 16: a bad line refuses the whole list before any connection', async () => {
    const file = join(controller.directory, 'list.netset');
    writeFileSync(file, '192.0.2.1\n10.0.0.5/8\n');
    const result = await runHere(['import', file, '--list', 'drop', '--all-hosts'], {
      env: { FLEETBLOCK_CONFIG: '/nonexistent' },
    });
    expect(result.stderr).toMatch(/^fleetblock: .*list\.netset line 2: .*10\.0\.0\.0\/8.*nothing was changed\n$/);
    expect(result.exitCode).toBe(2);
  });

  test('what the controller refuses early is told as it says it', async () => {
    controller.script.importList = () => {
      throw new FleetblockError('FAILED_PRECONDITION', 'row 1 covers the controller');
    };
    const lines = Array.from({ length: 150_000 }, (_, i) => `20.${i >> 16}.${(i >> 8) & 255}.${i & 255}\n`).join('');
    const result = await fleetblock(['import', '-', '--list', 'drop', '--all-hosts'], { stdin: lines });
    expect(result).toMatchObject({ exitCode: 4, stderr: 'fleetblock: row 1 covers the controller\n' });
  });

  test.each([
    [['--all-hosts'], /--list/],
    [['--list', 'drop'], /which hosts\?/],
    [['--list', 'a b', '--all-hosts'], /cannot be a list's name/],
  ])('%j is refused', async (words, text) => {
    const result = await fleetblock(['import', '-', ...words], { stdin: '192.0.2.1\n' });
    expect(result.stderr).toMatch(text);
    expect(result.exitCode).toBe(2);
  });

  test('lists, and taking one away', async () => {
    controller.script.listLists = () => ({
      lists: [
        {
          name: 'drop',
          action: 'ACTION_BLOCK',
          selector: { allHosts: true },
          entries: 1_000_000,
          reason: 'weekly',
          actor: 'ci/import',
          createdAtMs: NOW - 1000,
          updatedAtMs: NOW - 1000,
        },
      ],
    });
    expect((await fleetblock(['lists'])).stdout).toBe(
      'NAME  ACTION    ENTRIES  TARGETS  UPDATED  BY         REASON\ndrop  block   1,000,000  all      1s ago   ci/import  weekly\n',
    );
    expect(await json(['lists'])).toMatchObject([
      { name: 'drop', action: 'block', entries: 1_000_000, selector: 'all' },
    ]);
    controller.script.removeList = () => ({
      revision: 8,
      removed: 5,
      hosts: { targeted: 1, enforced: 1 },
      elapsedMs: 3,
    });
    expect((await fleetblock(['lists', 'rm', 'drop'])).stdout).toBe(
      'removed list drop: 5 entries on 1/1 hosts in 3 ms (revision 8)\n',
    );
  });
});

describe('export', () => {
  const entry = (text: string, ttlMs = 0, monitor = false) => ({
    prefix: parsePrefix(text),
    allow: false,
    monitor,
    ttlMs,
  });
  beforeEach(() => {
    const rows = toWire(
      packEntries([
        entry('192.0.2.1', 3_600_000),
        entry('10.0.0.0/8'),
        entry('2001:db8::/32'),
        entry('9.9.9.9', 0, true),
      ]),
    );
    controller.script.export = () => [
      { origin: 'list:drop', selector: { allHosts: true }, rows },
      {
        origin: 'manual',
        selector: { labels: 'env=prod,role!=db' },
        rows: toWire(packEntries([entry('192.0.2.1', 7_200_000)])),
      },
    ];
  });

  test.each([
    ['plain', '192.0.2.1/32\n10.0.0.0/8\n2001:db8::/32\n'],
    [
      'nft',
      'table inet fleetblock {\n\tset blocked4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\tauto-merge\n\t\telements = {\n\t\t\t192.0.2.1/32,\n\t\t\t10.0.0.0/8\n\t\t}\n\t}\n\tset blocked6 {\n\t\ttype ipv6_addr\n\t\tflags interval\n\t\tauto-merge\n\t\telements = {\n\t\t\t2001:db8::/32\n\t\t}\n\t}\n}\n',
    ],
    [
      'ipset',
      'create fleetblock-blocked4 hash:net family inet maxelem 65536 timeout 0\nadd fleetblock-blocked4 192.0.2.1/32 timeout 7200\nadd fleetblock-blocked4 10.0.0.0/8\ncreate fleetblock-blocked6 hash:net family inet6 maxelem 65536 timeout 0\nadd fleetblock-blocked6 2001:db8::/32\n',
    ],
    [
      'csv',
      'prefix,action,origin,selector,expires_at\n192.0.2.1/32,block,list:drop,all,2026-11-24T13:00:00.000Z\n10.0.0.0/8,block,list:drop,all,\n9.9.9.9/32,monitor,list:drop,all,\n2001:db8::/32,block,list:drop,all,\n192.0.2.1/32,block,manual,"labels:env=prod,role!=db",2026-11-24T14:00:00.000Z\n',
    ],
  ])('-o %s', async (form, text) => {
    expect(await fleetblock(['export', '-o', form])).toEqual({ exitCode: 0, stdout: text, stderr: '' });
  });

  test('-o json, and nothing at all', async () => {
    expect(await json(['export'])).toHaveLength(5);
    expect((await json(['export']))[0]).toEqual({
      prefix: '192.0.2.1/32',
      action: 'block',
      origin: 'list:drop',
      selector: 'all',
      expiresAt: '2026-11-24T13:00:00.000Z',
    });
    controller.script.export = () => [];
    expect((await fleetblock(['export', '-o', 'json'])).stdout).toBe('[]\n');
    expect((await fleetblock(['export'])).stdout).toBe('');
  });
});

describe('check', () => {
  test('claims and kernels; one that does something else is named, with exit code 3', async () => {
    controller.script.check = ({ address }) => ({
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
    controller.script.check = ({ address }) => ({ prefix: address });
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
    controller.script.listHosts = () => ({ hosts, revision: 42 });
  });

  test('status', async () => {
    expect(await fleetblock(['status'])).toEqual({
      exitCode: 0,
      stdout: 'hosts      2: 1 synced, 1 offline\nrevision   42\ndropped    13 packets, 2.1 KiB\n',
      stderr: 'host2: no contact\n',
    });
    expect(await json(['status'])).toEqual({
      revision: 42,
      hosts: { total: 2, synced: 1, lagging: 0, degraded: 0, offline: 1 },
      dropped: { packets: 13, bytes: 2148 },
      driftRepairs: 0,
      problems: [{ host: 'host2', text: 'no contact' }],
      confirmations: [],
    });
  });

  test('top sums over hosts', async () => {
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
    controller.script.listHosts = () => {
      if (++draws === 3) setTimeout(() => interrupt.abort(), 50);
      return { hosts, revision: 42 };
    };
    const words = ['watch', '--interval', '10ms', '-o', 'json'];
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
    controller.script.watchEvents = () => [
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

  test('drops, and what no line tells of', async () => {
    const asked: string[] = [];
    controller.script.watchDrops = ({ host }) => {
      asked.push(host);
      const drop = { atMs: NOW, interface: 'eth0', packets: 1234, bytes: 79_000 };
      return [
        { host: 'web1', drops: [{ ...drop, source: Buffer.from([198, 51, 100, 7]) }], untoldPackets: 5000 },
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
      { host: 'web1', untoldPackets: 5000, lostReports: 0 },
      { host: 'web2', source: '2001:db8::1', verdict: 'monitor', packets: 1 },
      { host: 'web2', untoldPackets: 0, lostReports: 2 },
    ]);
    expect(asked).toEqual(['', 'web1']);
  });

  test('audit, and its conditions', async () => {
    let asked: ListAuditRequest__Output | undefined;
    controller.script.listAudit = (request) => {
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

describe('identity', () => {
  test('token list and revoke; a whole token in a command line is refused and not repeated', async () => {
    const token = {
      id: 'abcdefgh',
      actor: 'admin/a',
      createdAtMs: NOW,
      expiresAtMs: NOW + 60_000,
      maxUses: 2,
      uses: 2,
    };
    controller.script.listTokens = () => ({ tokens: [token, { ...token, uses: 1 }] });
    controller.script.revokeToken = () => ({ token: { ...token, revokedAtMs: NOW } });
    expect((await json(['token', 'list'])).map((row: { state: string }) => row.state)).toEqual(['used', 'valid']);
    expect((await fleetblock(['token', 'revoke', 'abcdefgh'])).stdout).toBe(
      'revoked token abcdefgh: 2 hosts joined with it\n',
    );
    const whole = await fleetblock(['token', 'revoke', 'fbt1.abcdefgh.SECRET.pin']);
    expect(whole.exitCode).toBe(2);
    expect(whole.stderr).not.toMatch(/SECRET/);
  });

  test('host label and revoke', async () => {
    controller.script.labelHost = ({ name, set, remove }) => {
      expect([set, remove]).toEqual([{ env: 'prod' }, ['canary']]);
      return { host: { name, labels: { role: 'web', env: 'prod' } } };
    };
    controller.script.revokeHost = ({ name }) => ({ name, id: 'x-y' });
    expect((await fleetblock(['host', 'label', 'web1', 'env=prod', 'canary-'])).stdout).toBe(
      'web1: env=prod, role=web\n',
    );
    expect((await fleetblock(['host', 'revoke', 'web1'])).stdout).toBe(
      'revoked web1 (x-y): its kernel keeps what it holds\n',
    );
  });

  test('faults row 36: operator create sends only a public key that it proves to hold, and the file works', async () => {
    controller.script.createOperator = ({ name, publicKey, possession }) => {
      const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
      expect(verify('sha256', Buffer.from(`fleetblock-operator:${name}`), key, possession)).toBe(true);
      const { certificate } = controller.operator;
      return {
        certificateChain: certificate,
        rootCertificate: controller.authority.root,
        fleet: 'f',
        controller: controller.address,
        serial: 'ab',
        expiresAtMs: NOW,
      };
    };
    const out = join(controller.directory, 'alice.yaml');
    const { stdout } = await fleetblock(['operator', 'create', 'alice', '--role', 'viewer', '--out', out]);
    expect(stdout).toBe(`${out}\n`);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const text = readFileSync(out, 'utf8');
    expect(text).toContain('currentContext: f\n');
    expect(text).toMatch(/key: \|\n {6}-----BEGIN PRIVATE KEY-----/);
    expect(new X509Certificate(controller.operator.certificate).subject).toBe('CN=operator');
    expect(await fleetblock(['operator', 'create', 'alice', '--role', 'viewer', '--out', out])).toMatchObject({
      exitCode: 2,
    });
  });

  test('operator list and revoke', async () => {
    const operator = { name: 'alice', role: 'viewer', serial: 'ab', createdAtMs: NOW, expiresAtMs: NOW + 86_400_000 };
    controller.script.listOperators = () => ({ operators: [operator, { ...operator, revokedAtMs: NOW }] });
    controller.script.revokeOperator = () => ({ revoked: [operator] });
    expect((await fleetblock(['operator', 'list'])).stdout).toMatch(
      /alice +viewer +valid +in 1d +ab\nalice +viewer +revoked/,
    );
    expect((await fleetblock(['operator', 'revoke', 'alice'])).stdout).toBe('revoked 1 certificate of alice\n');
    expect(await fleetblock(['operator', 'revoke'])).toMatchObject({ exitCode: 2 });
  });
});

describe('completion', () => {
  const complete = async (...words: string[]) => {
    const { stdout } = await fleetblock(['completion', 'bash']);
    const script = `${stdout}\nCOMP_WORDS=(fleetblock "$@"); COMP_CWORD=$#; _fleetblock; echo "\${COMPREPLY[*]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
      .trim()
      .split(' ');
  };

  test('bash completes commands, their commands, options and choices', async () => {
    expect(await complete('unb')).toEqual(['unblock']);
    expect(await complete('token', '')).toEqual(expect.arrayContaining(['create', 'list', 'revoke']));
    expect(await complete('block', '192.0.2.1', '--all')).toEqual(['--all-hosts']);
    expect(await complete('list', '-o', 'j')).toEqual(['json']);
    expect(await complete('--context', 'x', 'ho')).toEqual(['hosts', 'host']);
  });

  test('zsh and fish have every command', async () => {
    expect((await fleetblock(['completion', 'zsh'])).stdout).toMatch(/^#compdef fleetblock\n/);
    const { stdout } = await fleetblock(['completion', 'fish']);
    for (const word of ['block', 'doctor', 'create']) expect(stdout).toMatch(new RegExp(`-a ${word} `));
  });
});

test('every command and subcommand has a description and, but for groups, an example in --help', async () => {
  const { stdout } = await fleetblock(['--help']);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*$/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  expect(commands.length).toBeGreaterThanOrEqual(19);
  for (const name of commands) {
    const help = (await fleetblock([name, '--help'])).stdout;
    expect(help, name).toMatch(/\n\n[A-Z]/);
    if (!['allow', 'token', 'host', 'operator', 'lists', 'context'].includes(name))
      expect(help, name).toMatch(/Examples:\n {2}\$ /);
  }
});
