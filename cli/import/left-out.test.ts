// What of a list is not taken: bad lines when asked, what is no ban, what is not where entries are; said as what a file was read.
import { describe, expect, it } from 'vitest';
import { lines } from '../../test/cli/support/published-lists.ts';
import { readChunks, rowsOf } from '../../test/cli/support/read-list.ts';
import type { ReadOptions } from './read-list.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const read = (file: string | Buffer, options: Partial<ReadOptions> = {}) => readChunks([file], options, NOW);
const rows = async (file: string | Buffer, options: Partial<ReadOptions> = {}) =>
  rowsOf((await read(file, options)).columns);

describe('faults row 113: bad lines are left out when asked, are listed, and are few', () => {
  const file = lines('192.0.2.1', 'x', '192.0.2.2', '10.0.0.1/8', 'y');

  it('lists each with its line', async () => {
    const { columns, notes } = await read(file, { skipInvalid: 3 });
    expect(rowsOf(columns)).toEqual(['192.0.2.1/32', '192.0.2.2/32']);
    expect(notes).toEqual([
      'left out 3 bad lines of stdin:',
      expect.stringMatching(/^ {2}stdin line 2: "x" is not/),
      expect.stringMatching(/^ {2}stdin line 4: .*write 10\.0\.0\.0\/8/),
      expect.stringMatching(/^ {2}stdin line 5: "y" is not/),
    ]);
  });

  it('refuses more', async () => {
    await expect(read(file, { skipInvalid: 2 })).rejects.toThrow(
      /^stdin line 2: .*; that is more than the 2 that may be left out; nothing was changed$/,
    );
  });
});

it('a dry run says as what a file is read, an import only what was not plain', async () => {
  expect((await read('192.0.2.1\n')).notes).toEqual([]);
  expect((await read('192.0.2.1\n', { dryRun: true })).notes).toEqual([
    'read stdin as plain: 1 prefix; --format names another form',
  ]);
  expect((await read('192.0.2.1\t4\n')).notes).toEqual([
    'read stdin as counted: 1 prefix; --format names another form',
  ]);
  expect((await read('{"list":["192.0.2.1"],"type":"cidr"}')).notes).toEqual([
    'read stdin as json (MISP warninglist): 1 prefix; --format names another form',
  ]);
  expect((await read('192.0.2.1\t4\n', { format: 'counted' })).notes).toEqual([]);
});

it('what is no ban is left out, and counted', async () => {
  const { notes, columns } = await read(
    '[{"value":"192.0.2.1","type":"captcha"},{"value":"192.0.2.2","type":"captcha"}]',
  );
  expect(columns.count).toBe(0);
  expect(notes).toContain('left out 2 rows: not a ban (captcha)');
});

describe('--at', () => {
  const csv = lines('src_ip;dst_ip;note', '192.0.2.1;198.51.100.1;x', '192.0.2.2-192.0.2.3;198.51.100.2;y');
  const answer = JSON.stringify({
    me: '203.0.113.1',
    ips: ['192.0.2.1', '192.0.2.2-192.0.2.3'],
    data: [{ ip: '192.0.2.1', by: ['203.0.113.2'] }, { ip: '192.0.2.2-192.0.2.3' }, { ip: null }],
    'a/b': { list: ['192.0.2.1', '192.0.2.2/31'] },
  });
  it.each([
    ['a column by its name', csv, 'SRC_IP'],
    ['a column by its number', csv.replace(/.*\n/, ''), '1'],
    ['a column by its number, with tabs', csv.replace(/.*\n/, '').replaceAll(';', '\t'), '1'],
    ['an array', answer, '/ips'],
    ['a member of the elements of an array', answer, '/data/*/ip'],
    ['an array below a key with a slash', answer, '/a~1b/list'],
    ['a document of strings', '["192.0.2.1", "192.0.2.2/31"]', '/*'],
    ['a document per line', lines('{"x":{"ip":"192.0.2.1"}}', '{"x":{"ip":"192.0.2.2/31"}}'), '/*/x/ip'],
  ])('reads %s', async (_, file, at) => {
    expect(await rows(file, { at })).toEqual(['192.0.2.1/32', '192.0.2.2/31']);
  });

  it.each([
    ['a column that is not there', csv, 'ip', {}, /line 1 names no column "ip" \(it has src_ip, dst_ip, note\)/],
    ['a column of something else', csv, 'note', {}, /line 2: "x" is not an IPv4/],
    ['a column without a heading', lines('192.0.2.1,x', '192.0.2.2'), '2', {}, /line 1: "x" .*line 2: "" is not/],
    ['a pointer to nothing', answer, '/data/*/address', {}, /nothing stands at \/data\/\*\/address/],
    ['a pointer to objects', answer, '/data', {}, /line 1: an object stands at \/data: write \/data\/\*\/NAME/],
    ['a pointer into CSV', csv, '/ip', { format: 'csv' }, /--at \/ip is no place in csv/],
    ['a column of a plain list', '192.0.2.1', 'ip', { format: 'plain' }, /--at ip is no place in plain/],
  ] as const)('refuses %s', async (_, file, at, options, message) => {
    await expect(read(file, { at, ...options })).rejects.toThrow(message);
  });
});

it('addresses that stand where no entries are, are left out and counted', async () => {
  const of = async (file: string) => (await read(file)).notes.filter((note) => note.startsWith('left out'));
  expect(
    await of(
      'table ip x {\n set a {\n  elements = { 192.0.2.1 }\n }\n chain c {\n  ip saddr { 192.0.2.2, 192.0.2.3 } drop\n  ip6 saddr 2001:db8::1 drop\n }\n}',
    ),
  ).toEqual(['left out 3 rows: an address in a rule, not in a set']);
  expect(await of('{"web":["192.0.2.0/24"],"dns":["192.0.2.1","x"]}')).toEqual([
    'left out 1 row: an address in an array that has no prefix with its length',
  ]);
  expect(
    await of(
      lines('*filter', '-A INPUT -s 192.0.2.1 -p tcp -j DROP', '-A INPUT -j DROP', '-A INPUT -s 192.0.2.2 -j LOG'),
    ),
  ).toEqual([
    'left out 1 row: a rule that matches more than a source',
    'left out 1 row: a rule without a source',
    'left out 1 row: a rule with -j LOG',
  ]);
  expect(
    await rows(lines('*filter', '-A INPUT -s 192.0.2.1 -j ACCEPT', '-A INPUT -s 192.0.2.2 -j DROP'), {
      action: 'allow',
    }),
  ).toEqual(['192.0.2.1/32']);
});
