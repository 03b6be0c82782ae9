// block, unblock and allow: the proof line in all its forms, the JSON, the exit codes; against a scripted controller over mutual TLS.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FleetblockError } from '../../common/errors.ts';
import type { BlockRequest__Output } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply } from '../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { UnblockRequest__Output } from '../../proto/gen/fleetblock/v1/UnblockRequest.ts';
import { runHere } from './support/cli.ts';
import { ScriptedController } from './support/scripted-controller.ts';

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

const fleetblock = (...args: string[]) => runHere(args, { env });
const whole = (request: { prefixes: string[] }, change: 'ADDED' | 'UNCHANGED' | 'REMOVED' = 'ADDED'): ChangeReply => ({
  revision: 42,
  outcomes: request.prefixes.map((prefix) => ({ prefix, change })),
  hosts: { targeted: 3, enforced: 3 },
  elapsedMs: 8.7,
});

describe('block', () => {
  test('the proof line, and what is asked of the controller', async () => {
    let asked: BlockRequest__Output | undefined;
    controller.script.block = (request) => {
      asked = request;
      return whole(request);
    };
    expect(await fleetblock('block', '192.168.1.100', '--all-hosts')).toEqual({
      exitCode: 0,
      stdout: 'blocked 192.168.1.100/32 on 3/3 hosts in 9 ms (revision 42)\n',
      stderr: '',
    });
    expect(asked).toMatchObject({
      prefixes: ['192.168.1.100/32'],
      target: { target: 'allHosts', allHosts: true },
      action: 'ACTION_BLOCK',
      ttlMs: '0',
      monitor: false,
      dryRun: false,
      wait: { timeoutMs: 10_000 },
    });
  });

  test('every option reaches the controller', async () => {
    let asked: BlockRequest__Output | undefined;
    controller.script.block = (request) => {
      asked = request;
      return whole(request);
    };
    const words = ['-l', 'role!=db,env=prod', '-d', '4h', '-R', 'scan', '--monitor', '--force', '--timeout', '2s'];
    const { stdout } = await fleetblock('block', '10.0.0.0/8', '::ffff:1.2.3.4', ...words);
    expect(stdout).toBe('monitoring 10.0.0.0/8, 1.2.3.4/32 on 3/3 hosts in 9 ms (revision 42)\n');
    expect(asked).toMatchObject({
      prefixes: ['10.0.0.0/8', '1.2.3.4/32'],
      target: { target: 'labels', labels: 'env=prod,role!=db' },
      reason: 'scan',
      ttlMs: '14400000',
      monitor: true,
      force: true,
      wait: { timeoutMs: 2000 },
    });
  });

  test('-o json is the contract, no more and no less', async () => {
    controller.script.block = (request) => ({
      ...whole(request),
      hosts: {
        targeted: 4,
        enforced: 1,
        pending: [
          { name: 'host3', status: 'offline' },
          { name: 'host4', status: 'lagging' },
        ],
        failed: [{ name: 'host2', code: 'CAPACITY', text: 'the maps hold 1000 entries' }],
      },
    });
    const { stdout, stderr, exitCode } = await fleetblock('block', '192.0.2.1', '--all-hosts', '-o', 'json');
    expect(JSON.parse(stdout)).toEqual({
      revision: 42,
      prefixes: ['192.0.2.1/32'],
      hosts: {
        targeted: 4,
        enforced: 1,
        pending: ['host3', 'host4'],
        failed: [{ name: 'host2', code: 'CAPACITY', text: 'the maps hold 1000 entries' }],
      },
      elapsedMs: 8.7,
    });
    expect(stderr).toBe(
      [
        'failed: host2 refused it: CAPACITY: the maps hold 1000 entries',
        'pending: host3 is offline: it takes the change when it reconnects',
        'pending: host4 is lagging: no proof within 10s, it is still being sent',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(3);
  });

  test('a revision past 2^53 is a string in JSON', async () => {
    controller.script.block = (request) => ({ ...whole(request), revision: '9007199254740993' });
    const { stdout } = await fleetblock('block', '192.0.2.1', '--all-hosts', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ revision: '9007199254740993' });
  });

  test('-o yaml holds the same', async () => {
    controller.script.block = (request) => whole(request);
    const { stdout } = await fleetblock('block', '192.0.2.1', '--all-hosts', '-o', 'yaml');
    expect(stdout).toBe(
      'revision: 42\nprefixes:\n  - 192.0.2.1/32\nhosts:\n  targeted: 3\n  enforced: 3\n  pending: []\n  failed: []\nelapsedMs: 8.7\n',
    );
  });

  test('on some hosts only: 2/3, who is missing and why, exit code 3', async () => {
    controller.script.block = (request) => ({
      ...whole(request),
      hosts: { targeted: 3, enforced: 2, pending: [{ name: 'host3', status: 'offline' }] },
      elapsedMs: 500.2,
    });
    expect(await fleetblock('block', '192.0.2.1', '--all-hosts', '--timeout', '500ms')).toEqual({
      exitCode: 3,
      stdout: 'blocked 192.0.2.1/32 on 2/3 hosts in 500 ms (revision 42)\n',
      stderr: 'pending: host3 is offline: it takes the change when it reconnects\n',
    });
  });

  test('twice is fine, and says so', async () => {
    controller.script.block = (request) => whole(request, 'UNCHANGED');
    expect(await fleetblock('block', '192.0.2.1', '--all-hosts')).toMatchObject({
      exitCode: 0,
      stdout: 'already blocked 192.0.2.1/32 on 3/3 hosts in 9 ms (revision 42)\n',
    });
  });

  test('several prefixes, some of them blocked before', async () => {
    controller.script.block = (request) => {
      const reply = whole(request);
      return { ...reply, outcomes: reply.outcomes?.map((o, i) => (i === 0 ? { ...o, change: 'UNCHANGED' } : o)) ?? [] };
    };
    const { stdout } = await fleetblock('block', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '--all-hosts');
    expect(stdout).toBe('blocked 4 prefixes (1 of them already) on 3/3 hosts in 9 ms (revision 42)\n');
  });

  test('the same prefix in two spellings is asked for once', async () => {
    controller.script.block = (request) => whole(request);
    const { stdout } = await fleetblock('block', '2001:DB8::1', '2001:db8:0::1/128', '--all-hosts', '-o', 'json');
    expect(JSON.parse(stdout).prefixes).toEqual(['2001:db8::1/128']);
  });

  test('--no-wait claims no proof', async () => {
    let asked: BlockRequest__Output | undefined;
    controller.script.block = (request) => {
      asked = request;
      return { ...whole(request), hosts: { targeted: 3, enforced: 0 } };
    };
    expect(await fleetblock('block', '192.0.2.1', '--all-hosts', '--no-wait')).toEqual({
      exitCode: 0,
      stdout: 'accepted: block 192.0.2.1/32 on 3 hosts (revision 42), not waiting for proof\n',
      stderr: '',
    });
    expect(asked?.wait).toBeNull();
  });

  test('--dry-run says what would happen', async () => {
    let asked: BlockRequest__Output | undefined;
    controller.script.block = (request) => {
      asked = request;
      return { ...whole(request), hosts: { targeted: 1, enforced: 0 } };
    };
    expect(await fleetblock('block', '192.0.2.1', '--host', 'web1', '--dry-run')).toEqual({
      exitCode: 0,
      stdout: 'would block 192.0.2.1/32 on 1 host (dry run: nothing was changed)\n',
      stderr: '',
    });
    expect(asked?.dryRun).toBe(true);
  });

  test('--dry-run of what is there already does not say that hosts enforce it', async () => {
    controller.script.block = (request) => ({ ...whole(request, 'UNCHANGED'), hosts: { targeted: 3, enforced: 0 } });
    expect((await fleetblock('block', '192.0.2.1', '--all-hosts', '--dry-run')).stdout).toBe(
      '192.0.2.1/32: already blocked for 3 hosts (dry run: nothing to change)\n',
    );
  });

  test.each<[string[], number]>([
    [[], 3],
    [['--no-wait'], 3],
    [['--dry-run'], 0],
  ])('what an allow entry lets through is a failure, with its reason (%j)', async (more, expected) => {
    const failed = [{ name: 'web1', code: 'ALLOWED', text: '192.0.2.1/32 is allowed' }];
    controller.script.block = (request) => ({
      ...whole(request),
      hosts: { targeted: 3, enforced: 2, failed },
      warnings: ['parts pass'],
    });
    const { stderr, exitCode } = await fleetblock('block', '192.0.2.1', '--all-hosts', ...more);
    expect(stderr).toBe('warning: parts pass\nfailed: web1 lets it pass: ALLOWED: 192.0.2.1/32 is allowed\n');
    expect(exitCode).toBe(expected);
    const json = await fleetblock('block', '192.0.2.1', '--all-hosts', '-o', 'json', ...more);
    expect(JSON.parse(json.stdout)).toMatchObject({ hosts: { failed }, warnings: ['parts pass'] });
  });

  test('a target without hosts says so', async () => {
    controller.script.block = (request) => ({ ...whole(request), hosts: { targeted: 0, enforced: 0 } });
    const { stderr, exitCode } = await fleetblock('block', '192.0.2.1', '-l', 'env=none');
    expect(stderr).toBe('no host matches now: it will hold for those that join later\n');
    expect(exitCode).toBe(0);
  });

  test.each<[string[]]>([
    [['--host', 'web1', '--host', 'web2', '192.0.2.1']],
    [['--host', 'web1', 'web2', '192.0.2.1']],
    [['192.0.2.1', '--host', 'web1', 'web2']],
    [['192.0.2.1', '--host', 'web2,web1']],
    [['--host=web1', '192.0.2.1', '--host=web2']],
  ])('hosts by name: %j', async (words) => {
    let asked: BlockRequest__Output | undefined;
    controller.script.block = (request) => {
      asked = request;
      return whole(request);
    };
    expect(await fleetblock('block', ...words)).toMatchObject({ exitCode: 0 });
    expect(asked).toMatchObject({ prefixes: ['192.0.2.1/32'], target: { hosts: { names: ['web1', 'web2'] } } });
  });

  test('-f reads a file, - is stdin; comments and blank lines do not count', async () => {
    let asked: BlockRequest__Output | undefined;
    controller.script.block = (request) => {
      asked = request;
      return whole(request);
    };
    const file = join(controller.directory, 'addresses.txt');
    writeFileSync(file, '# scanners\n192.0.2.1\r\n\n  2001:db8::/32  # a net\n;192.0.2.9\n192.0.2.7;x\n');
    await fleetblock('block', '-f', file, '--all-hosts');
    expect(asked?.prefixes).toEqual(['192.0.2.1/32', '2001:db8::/32', '192.0.2.7/32']);
    await runHere(['block', '10.1.1.1', '-f', '-', '--all-hosts'], { env, stdin: '10.2.2.2\n10.3.3.3' });
    expect(asked?.prefixes).toEqual(['10.1.1.1/32', '10.2.2.2/32', '10.3.3.3/32']);
  });
});

describe('bad input is refused before any connection, with exit code 2', () => {
  const offline = { FLEETBLOCK_CONFIG: '/nonexistent/config.yaml' };

  test.each<[string, string[], RegExp]>([
    [
      'faults row 16: a malformed prefix',
      ['192.168.1.300', '--all-hosts'],
      /"192\.168\.1\.300" is not an IPv4 or IPv6/,
    ],
    ['faults row 16: leading zeros', ['010.0.0.1', '--all-hosts'], /leading zeros/],
    ['faults row 16: a zone id', ['fe80::1%eth0', '--all-hosts'], /zone id/],
    ['faults row 17: host bits set', ['10.0.0.5/8', '--all-hosts'], /write 10\.0\.0\.0\/8 for the range/],
    ['faults row 19: a mapped prefix shorter than /96', ['::ffff:0:0/95', '--all-hosts'], /IPv4-mapped/],
    ['no prefix', ['--all-hosts'], /which prefixes\?/],
    ['no target', ['192.0.2.1'], /--all-hosts, --host NAME or -l SELECTOR/],
    ['two targets', ['192.0.2.1', '--all-hosts', '-l', 'a=b'], /only one of --all-hosts, --host and -l/],
    ['a bad selector', ['192.0.2.1', '-l', 'env'], /write terms like env=prod/],
    ['a bad host name', ['192.0.2.1', '--host', 'a_b!'], /is not a host name/],
    ['a bad duration', ['192.0.2.1', '--all-hosts', '-d', '4y'], /write one like 90s/],
    ['a bad timeout', ['192.0.2.1', '--all-hosts', '--timeout', '10'], /write one like 90s/],
    ['a bad output form', ['192.0.2.1', '--all-hosts', '-o', 'xml'], /Allowed choices are table, wide, json, yaml/],
    ['an unknown option', ['192.0.2.1', '--all-host'], /--all-host.*Did you mean --all-hosts/],
    ['a missing file', ['-f', '/nonexistent', '--all-hosts'], /cannot read \/nonexistent: there is no such file/],
  ])('%s', async (_, words, text) => {
    const { exitCode, stdout, stderr } = await runHere(['block', ...words], { env: offline });
    expect(stderr).toMatch(text);
    expect(stderr).toMatch(/^fleetblock: [^\n]*\n$/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('faults row 16: a bad line of a file is named, and nothing is sent', async () => {
    const stdin = '198.51.100.1\n# comment\n198.51.100.0/33\n10.0.0.5/8\n';
    const { exitCode, stderr } = await runHere(['block', '-f', '-', '--all-hosts'], { env: offline, stdin });
    expect(stderr).toBe(
      'fleetblock: stdin line 3: "198.51.100.0/33" has no valid prefix length: write a number from 0 to 32 after the slash (and 1 more bad line); nothing was changed\n',
    );
    expect(exitCode).toBe(2);
  });
});

describe('unblock', () => {
  const claim = {
    prefix: '10.0.0.0/8',
    action: 'ACTION_BLOCK' as const,
    origin: 'list:drop',
    selector: { allHosts: true },
    reason: 'a bad net',
    actor: 'admin/alice',
    createdAtMs: Date.parse('2026-11-24T00:00:00Z'),
  };

  test('says what the block line says, the other way round', async () => {
    let asked: UnblockRequest__Output | undefined;
    controller.script.unblock = (request) => {
      asked = request;
      return whole(request, 'REMOVED');
    };
    expect(await fleetblock('unblock', '192.168.1.100')).toEqual({
      exitCode: 0,
      stdout: 'unblocked 192.168.1.100/32 on 3/3 hosts in 9 ms (revision 42)\n',
      stderr: '',
    });
    expect(asked).toMatchObject({
      prefixes: ['192.168.1.100/32'],
      origin: 'manual',
      target: null,
      action: 'ACTION_BLOCK',
    });
  });

  test('what was not blocked is said plainly, and is no error', async () => {
    controller.script.unblock = ({ prefixes }) => ({
      revision: 42,
      outcomes: prefixes.map((prefix) => ({ prefix, change: 'NOT_FOUND' })),
      hosts: { targeted: 3, enforced: 2 },
    });
    expect(await fleetblock('unblock', '192.168.1.100')).toEqual({
      exitCode: 0,
      stdout: '192.168.1.100/32 was not blocked\n',
      stderr: '',
    });
  });

  test('what still blocks it is named: the line does not claim that it is free', async () => {
    controller.script.unblock = (request) => ({
      ...whole(request, 'REMOVED'),
      outcomes: [{ prefix: '10.1.2.3/32', change: 'REMOVED', stillBlockedBy: [claim] }],
    });
    expect(await fleetblock('unblock', '10.1.2.3')).toEqual({
      exitCode: 0,
      stdout: 'removed the manual claim on 10.1.2.3/32 on 3/3 hosts in 9 ms (revision 42), but it is still blocked\n',
      stderr: '10.1.2.3/32 is still blocked by 10.0.0.0/8 of list:drop on all, without end: a bad net\n',
    });
    const { stdout } = await fleetblock('unblock', '10.1.2.3', '-o', 'json');
    expect(JSON.parse(stdout)).toEqual({
      revision: 42,
      prefixes: ['10.1.2.3/32'],
      hosts: { targeted: 3, enforced: 3, pending: [], failed: [] },
      elapsedMs: 8.7,
      notFound: [],
      stillBlocked: [
        {
          prefix: '10.1.2.3/32',
          by: [
            {
              prefix: '10.0.0.0/8',
              action: 'block',
              origin: 'list:drop',
              selector: 'all',
              reason: 'a bad net',
              actor: 'admin/alice',
              createdAt: '2026-11-24T00:00:00.000Z',
              expiresAt: null,
            },
          ],
        },
      ],
    });
  });

  test('each prefix gets its own truth', async () => {
    controller.script.unblock = () => ({
      revision: 7,
      outcomes: [
        { prefix: '192.0.2.1/32', change: 'REMOVED' },
        { prefix: '192.0.2.2/32', change: 'NOT_FOUND' },
        { prefix: '10.1.2.3/32', change: 'NOT_FOUND', stillBlockedBy: [claim] },
      ],
      hosts: { targeted: 1, enforced: 1 },
      elapsedMs: 3,
    });
    expect(await fleetblock('unblock', '192.0.2.1', '192.0.2.2', '10.1.2.3')).toEqual({
      exitCode: 0,
      stdout: 'unblocked 192.0.2.1/32 on 1/1 hosts in 3 ms (revision 7)\n192.0.2.2/32, 10.1.2.3/32 were not blocked\n',
      stderr:
        '10.1.2.3/32 has no manual claim, but is still blocked by 10.0.0.0/8 of list:drop on all, without end: a bad net\n',
    });
  });
});

describe('allow', () => {
  test('add and rm', async () => {
    const actions: string[] = [];
    controller.script.block = (request) => {
      actions.push(request.action);
      return whole(request);
    };
    controller.script.unblock = (request) => {
      actions.push(request.action);
      return whole(request, 'REMOVED');
    };
    const { stdout } = await fleetblock('allow', 'add', '198.51.100.0/24', '--all-hosts');
    expect(stdout).toBe('allowed 198.51.100.0/24 on 3/3 hosts in 9 ms (revision 42)\n');
    const removed = await fleetblock('allow', 'rm', '198.51.100.0/24');
    expect(removed.stdout).toBe('stopped allowing 198.51.100.0/24 on 3/3 hosts in 9 ms (revision 42)\n');
    expect(actions).toEqual(['ACTION_ALLOW', 'ACTION_ALLOW']);
  });
});

describe('what the controller refuses', () => {
  test.each([
    ['PERMISSION_DENIED', 4, 'the role viewer may not block'],
    ['FAILED_PRECONDITION', 4, '0.0.0.0/0 is wider than /8: an admin may add --force'],
    ['UNAUTHENTICATED', 4, 'these credentials were revoked'],
    ['INVALID_ARGUMENT', 2, 'a reason is at most 1,000 characters'],
    ['NOT_FOUND', 1, 'there is no host nobody: see fleetblock hosts'],
    ['RESOURCE_EXHAUSTED', 1, 'the disk of the controller is full'],
    ['UNAVAILABLE', 5, 'the controller is stopping'],
  ] as const)('%s ends with exit code %i and its text', async (code, exitCode, text) => {
    controller.script.block = () => {
      throw new FleetblockError(code, text);
    };
    expect(await fleetblock('block', '192.0.2.1', '--all-hosts')).toEqual({
      exitCode,
      stdout: '',
      stderr: `fleetblock: ${text}\n`,
    });
  });
});
