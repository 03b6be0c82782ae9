// block: the proof line in all its forms, the JSON, the exit codes; against a scripted controller over mutual TLS.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BlockRequest__Output } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import { runHere } from './support/cli.ts';
import { whole } from './support/replies.ts';
import { ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const fleetblock = (...args: string[]) => cli.fleetblock(args);

describe('block', () => {
  test('the proof line, and what is asked of the controller', async () => {
    let asked: BlockRequest__Output | undefined;
    cli.controller.script.block = (request) => {
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
    cli.controller.script.block = (request) => {
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
    cli.controller.script.block = (request) => ({
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
    cli.controller.script.block = (request) => ({ ...whole(request), revision: '9007199254740993' });
    const { stdout } = await fleetblock('block', '192.0.2.1', '--all-hosts', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ revision: '9007199254740993' });
  });

  test('-o yaml holds the same', async () => {
    cli.controller.script.block = (request) => whole(request);
    const { stdout } = await fleetblock('block', '192.0.2.1', '--all-hosts', '-o', 'yaml');
    expect(stdout).toBe(
      'revision: 42\nprefixes:\n  - 192.0.2.1/32\nhosts:\n  targeted: 3\n  enforced: 3\n  pending: []\n  failed: []\nelapsedMs: 8.7\n',
    );
  });

  test('on some hosts only: 2/3, who is missing and why, exit code 3', async () => {
    cli.controller.script.block = (request) => ({
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
    cli.controller.script.block = (request) => whole(request, 'UNCHANGED');
    expect(await fleetblock('block', '192.0.2.1', '--all-hosts')).toMatchObject({
      exitCode: 0,
      stdout: 'already blocked 192.0.2.1/32 on 3/3 hosts in 9 ms (revision 42)\n',
    });
  });

  test('several prefixes, some of them blocked before', async () => {
    cli.controller.script.block = (request) => {
      const reply = whole(request);
      return { ...reply, outcomes: reply.outcomes?.map((o, i) => (i === 0 ? { ...o, change: 'UNCHANGED' } : o)) ?? [] };
    };
    const { stdout } = await fleetblock('block', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '--all-hosts');
    expect(stdout).toBe('blocked 4 prefixes (1 of them already) on 3/3 hosts in 9 ms (revision 42)\n');
  });

  test('the same prefix in two spellings is asked for once', async () => {
    cli.controller.script.block = (request) => whole(request);
    const { stdout } = await fleetblock('block', '2001:DB8::1', '2001:db8:0::1/128', '--all-hosts', '-o', 'json');
    expect(JSON.parse(stdout).prefixes).toEqual(['2001:db8::1/128']);
  });

  test('--no-wait claims no proof', async () => {
    let asked: BlockRequest__Output | undefined;
    cli.controller.script.block = (request) => {
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
    cli.controller.script.block = (request) => {
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
    cli.controller.script.block = (request) => ({
      ...whole(request, 'UNCHANGED'),
      hosts: { targeted: 3, enforced: 0 },
    });
    expect((await fleetblock('block', '192.0.2.1', '--all-hosts', '--dry-run')).stdout).toBe(
      '192.0.2.1/32: already blocked for 3 hosts (dry run: nothing to change)\n',
    );
  });

  test.each<[string[], number]>([
    [[], 3],
    [['--no-wait'], 3],
    [['--dry-run'], 3],
  ])('what an allow entry lets through is a failure, with its reason (%j)', async (more, expected) => {
    const failed = [{ name: 'web1', code: 'ALLOWED', text: '192.0.2.1/32 is allowed' }];
    cli.controller.script.block = (request) => ({
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
    cli.controller.script.block = (request) => ({ ...whole(request), hosts: { targeted: 0, enforced: 0 } });
    const { stderr, exitCode } = await fleetblock('block', '192.0.2.1', '-l', 'env=none');
    expect(stderr).toBe('warning: no host matches now: it holds for those that join later\n');
    expect(exitCode).toBe(3);
  });

  test.each<[string[]]>([
    [['--host', 'web1', '--host', 'web2', '192.0.2.1']],
    [['--host', 'web1', 'web2', '192.0.2.1']],
    [['192.0.2.1', '--host', 'web1', 'web2']],
    [['192.0.2.1', '--host', 'web2,web1']],
    [['--host=web1', '192.0.2.1', '--host=web2']],
  ])('hosts by name: %j', async (words) => {
    let asked: BlockRequest__Output | undefined;
    cli.controller.script.block = (request) => {
      asked = request;
      return whole(request);
    };
    expect(await fleetblock('block', ...words)).toMatchObject({ exitCode: 0 });
    expect(asked).toMatchObject({ prefixes: ['192.0.2.1/32'], target: { hosts: { names: ['web1', 'web2'] } } });
  });

  test('-f reads a file, - is stdin; comments and blank lines do not count', async () => {
    let asked: BlockRequest__Output | undefined;
    cli.controller.script.block = (request) => {
      asked = request;
      return whole(request);
    };
    const file = join(cli.controller.directory, 'addresses.txt');
    writeFileSync(file, '# scanners\n192.0.2.1\r\n\n  2001:db8::/32  # a net\n;192.0.2.9\n192.0.2.7;x\n');
    await fleetblock('block', '-f', file, '--all-hosts');
    expect(asked?.prefixes).toEqual(['192.0.2.1/32', '2001:db8::/32', '192.0.2.7/32']);
    await cli.fleetblock(['block', '10.1.1.1', '-f', '-', '--all-hosts'], { stdin: '10.2.2.2\n10.3.3.3' });
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
    ['faults row 114: a directory', ['-f', '/tmp', '--all-hosts'], /cannot read \/tmp: it is a directory/],
    ['a missing file', ['-f', '/nonexistent', '--all-hosts'], /cannot read \/nonexistent: there is no such file/],
  ])('%s', async (_, words, text) => {
    const { exitCode, stdout, stderr } = await runHere(['block', ...words], { env: offline });
    expect(stderr).toMatch(text);
    expect(stderr).toMatch(/^fleetblock: [^\n]*\n$/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  test('faults rows 16, 114: bad lines of a file are named, and nothing is sent', async () => {
    const stdin = '198.51.100.1\n# comment\n198.51.100.0/33\n10.0.0.5/8\n198.51.100.2 evil\nx\ny\n';
    const { exitCode, stderr } = await runHere(['block', '-f', '-', '--all-hosts'], { env: offline, stdin });
    expect(stderr).toMatch(
      /^fleetblock: stdin line 3: .* has no valid prefix length: [^;]*; stdin line 4: .* has host bits set: [^;]*; stdin line 5: there is text after "198\.51\.100\.2": "evil"; [^;]* \(and 2 more\); nothing was changed\n$/,
    );
    expect(exitCode).toBe(2);
  });
});
