// Lists in and out: import and export, against a scripted controller over mutual TLS.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../common/action.ts';
import { packEntries, unpackEntries } from '../../common/entries/packed.ts';
import { fromWire, toWire } from '../../common/entries/wire.ts';
import { FleetblockError } from '../../common/errors.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import type { ImportListRequest__Output } from '../../proto/gen/fleetblock/v1/ImportListRequest.ts';
import { type RunOptions, runHere } from './support/cli.ts';
import { NOW, ScriptedCli } from './support/scripted-cli.ts';

const cli = ScriptedCli.forFile();
const fleetblock = (args: string[], options: RunOptions = {}) => cli.fleetblock(args, options);
const json = (args: string[], options: RunOptions = {}) => cli.json(args, options);
const rowsOf = (requests: ImportListRequest__Output[]) =>
  requests.flatMap(({ rows }) => (rows ? unpackEntries(fromWire(rows)) : []));

describe('import', () => {
  const reply = { revision: 7, added: 3, unchanged: 1, removed: 2, hosts: { targeted: 2, enforced: 2 }, elapsedMs: 12 };

  test('sends the list whole, and prints the proof', async () => {
    let requests: ImportListRequest__Output[] = [];
    cli.controller.script.importList = (all) => {
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
    cli.controller.script.importList = (all) => {
      requests = all;
      return reply;
    };
    const lines = Array.from({ length: 200_000 }, (_, i) => `20.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    await fleetblock(['import', '-', '--list', 'big', '--all-hosts'], { stdin: lines.join('\n') });
    expect(requests.length).toBe(5);
    expect(rowsOf(requests).map(({ prefix }) => prefix.address.join('.'))).toEqual(lines);
  });

  test('-o json; exit code 3 when a host did not prove it', async () => {
    cli.controller.script.importList = () => ({
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
    const file = join(cli.controller.directory, 'list.netset');
    writeFileSync(file, '192.0.2.1\n10.0.0.5/8\n');
    const result = await runHere(['import', file, '--list', 'drop', '--all-hosts'], {
      env: { FLEETBLOCK_CONFIG: '/nonexistent' },
    });
    expect(result.stderr).toMatch(/^fleetblock: .*list\.netset line 2: .*10\.0\.0\.0\/8.*nothing was changed\n$/);
    expect(result.exitCode).toBe(2);
  });

  test('an early refusal of the controller is shown as it is', async () => {
    cli.controller.script.importList = () => {
      throw new FleetblockError('FAILED_PRECONDITION', 'row 1 covers the controller');
    };
    const lines = Array.from({ length: 150_000 }, (_, i) => `20.${i >> 16}.${(i >> 8) & 255}.${i & 255}\n`).join('');
    const result = await fleetblock(['import', '-', '--list', 'drop', '--all-hosts'], { stdin: lines });
    expect(result).toMatchObject({ exitCode: 4, stderr: 'fleetblock: row 1 covers the controller\n' });
  });

  const emptied = { revision: 40, removed: 1_000_000, hosts: { targeted: 3, enforced: 3 }, elapsedMs: 9547 };
  const refusal = new FleetblockError('FAILED_PRECONDITION', 'refused: it has no entries');
  const objections = [{ kind: 'SHRINKS' as const, text: 'it has no entries' }];

  test('faults row 99: what is gone is said as gone, and how long it took in seconds', async () => {
    cli.controller.script.importList = () => emptied;
    const words = ['import', '-', '--list', 'big', '--all-hosts', '--allow-shrink'];
    expect((await fleetblock(words)).stdout).toBe(
      'imported list big: 0 entries (1,000,000 removed) on 3/3 hosts in 9.5 s (revision 40)\n',
    );
    expect((await fleetblock([...words, '--dry-run'])).stdout).toBe(
      'would import list big: 0 entries (1,000,000 removed) (dry run: nothing was changed)\n',
    );
  });

  test('faults row 99: a dry run says that it is refused, and ends as the import would', async () => {
    cli.controller.script.importList = () => ({ ...emptied, objections });
    const words = ['import', '-', '--list', 'big', '--all-hosts', '--dry-run'];
    expect(await fleetblock(words)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(/^refused: it has no entries$/m),
    });
    expect(await json(words)).toMatchObject({ removed: 1_000_000, refused: ['it has no entries'] });
  });

  test.each([
    ['y\n', 0, [false, false, true]],
    ['n\n', 4, [false, false]],
    ['', 4, [false, false]],
  ])('faults row 99: a person is asked, and answers %j', async (stdin, exitCode, allowed) => {
    const file = join(cli.controller.directory, 'empty.txt');
    writeFileSync(file, '# nothing\n');
    const begins: unknown[] = [];
    cli.controller.script.importList = ([first]) => {
      begins.push(first?.begin?.allowShrink);
      if (first?.begin?.dryRun) return { ...emptied, objections };
      if (!first?.begin?.allowShrink) throw refusal;
      return emptied;
    };
    const result = await fleetblock(['import', file, '--list', 'big', '--all-hosts'], { stdin, person: true });
    expect(result.stderr).toContain('import list big: 0 entries (1,000,000 removed)? [y/N] ');
    expect(result.stderr).toContain('sent 0 entries, waiting for the controller and its hosts');
    expect(result.exitCode).toBe(exitCode);
    expect(begins).toEqual(allowed);
  });

  test('faults row 99: a script is not asked', async () => {
    cli.controller.script.importList = () => {
      throw refusal;
    };
    const result = await fleetblock(['import', '-', '--list', 'big', '--all-hosts']);
    expect(result).toMatchObject({ exitCode: 4, stdout: '', stderr: 'fleetblock: refused: it has no entries\n' });
  });

  test('faults row 100: what the list was for before is said', async () => {
    cli.controller.script.importList = () => ({
      ...reply,
      former: { selector: { allHosts: true }, action: 'ACTION_BLOCK' },
    });
    const words = ['import', '-', '--list', 'drop', '--host', 'host1', '--retarget'];
    expect((await fleetblock(words, { stdin: '192.0.2.1\n' })).stderr).toBe(
      'list drop was for all, to block, before this change\n',
    );
    expect(await json(words, { stdin: '192.0.2.1\n' })).toMatchObject({ former: { action: 'block', selector: 'all' } });
  });

  test('faults row 101: what was left out is reported by line, and counted', async () => {
    const skippedRows = [{ row: 2, prefix: '0.0.0.0/8', text: '0.0.0.0/8 covers the unspecified address' }];
    cli.controller.script.importList = ([first]) => {
      expect(first?.begin?.skipRefused).toBe(true);
      return { ...reply, skipped: 5, skippedRows };
    };
    const words = ['import', '-', '--list', 'drop', '--all-hosts', '--skip-refused'];
    const stdin = '# c\n192.0.2.1\n0.0.0.0/8\n';
    expect(await fleetblock(words, { stdin })).toEqual({
      exitCode: 0,
      stdout: 'imported list drop: 4 entries (3 new, 2 removed, 5 left out) on 2/2 hosts in 12 ms (revision 7)\n',
      stderr: 'left out: stdin line 3: 0.0.0.0/8 covers the unspecified address\nleft out: 4 more entries\n',
    });
    expect(await json(words, { stdin })).toMatchObject({
      skipped: { count: 5, first: [{ line: 3, prefix: '0.0.0.0/8' }] },
    });
  });

  test('faults row 113: bad lines that were left out are reported to programs, too, by a dry run as by an import', async () => {
    cli.controller.script.importList = () => reply;
    const words = ['import', '-', '--list', 'drop', '--all-hosts', '--skip-invalid', '2'];
    const stdin = '192.0.2.1\nnonsense\n10.0.0.5/8\n';
    const invalid = {
      count: 2,
      first: [
        { line: 2, reason: expect.stringMatching(/^"nonsense" is not an IPv4/) },
        { line: 3, reason: expect.stringMatching(/write 10\.0\.0\.0\/8/) },
      ],
    };
    expect(await json(words, { stdin })).toMatchObject({ invalid });
    expect(await json([...words, '--dry-run'], { stdin })).toMatchObject({ invalid });
    const more = await fleetblock(words, { stdin: `${stdin}x\n` });
    expect(more).toMatchObject({ exitCode: 2, stdout: '' });
    expect(more.stderr).toMatch(/more than the 2 that may be left out; nothing was changed/);
  });

  test('faults row 101: rows that the guard refuses are named by their lines', async () => {
    cli.controller.script.importList = () => {
      throw new FleetblockError('FAILED_PRECONDITION', 'whatever a person reads', {
        details: {
          refused: [
            { row: 1, prefix: '1.1.1.1/32', text: 'is bad' },
            { row: 2, prefix: '2.2.2.2/32', text: 'is worse' },
          ],
          refusedCount: 9,
          advice: '--skip-refused',
        },
      });
    };
    const result = await fleetblock(['import', '-', '--list', 'drop', '--all-hosts'], {
      stdin: '#\n1.1.1.1\n\n2.2.2.2\n',
    });
    expect(result.stderr).toBe(
      'fleetblock: refused: stdin line 2: is bad; stdin line 4: is worse (and 7 more); --skip-refused\n',
    );
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
    cli.controller.script.listLists = () => ({
      lists: [
        {
          name: 'drop',
          action: 'ACTION_BLOCK',
          selector: { allHosts: true },
          entries: 1_000_000,
          exceptions: 2,
          reason: 'weekly',
          actor: 'ci/import',
          createdAtMs: NOW - 1000,
          updatedAtMs: NOW - 1000,
        },
      ],
    });
    expect((await fleetblock(['lists'])).stdout).toBe(
      'NAME  ACTION    ENTRIES  EXCEPTIONS  TARGETS  UPDATED  BY         REASON\ndrop  block   1,000,000           2  all      1s ago   ci/import  weekly\n',
    );
    expect(await json(['lists'])).toMatchObject([
      { name: 'drop', action: 'block', entries: 1_000_000, exceptions: 2, selector: 'all' },
    ]);
    cli.controller.script.removeList = () => ({
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
  const entry = (text: string, ttlMs = 0, action: Action = 'block') => ({ prefix: parsePrefix(text), action, ttlMs });
  beforeEach(() => {
    const rows = toWire(
      packEntries([
        entry('192.0.2.1', 3_600_000),
        entry('10.0.0.0/8'),
        entry('2001:db8::/32'),
        entry('9.9.9.9', 0, 'monitor'),
      ]),
    );
    cli.controller.script.export = () => [
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
    cli.controller.script.export = () => [];
    expect((await fleetblock(['export', '-o', 'json'])).stdout).toBe('[]\n');
    expect((await fleetblock(['export'])).stdout).toBe('');
  });
});
