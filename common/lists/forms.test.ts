// The forms of lists: what each looks like, that docs/cli.md says so, and what is none of them.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../cli/import/read-list.ts';
import { EXPORT_FORMS, writeExport } from '../../cli/output/claims/export.ts';
import type { ExportChunk__Output } from '../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { PackedPrefixes__Output } from '../../proto/gen/fleetblock/v1/PackedPrefixes.ts';
import { lines, PUBLISHED } from '../../test/cli/support/published-lists.ts';
import { packedOf, readChunks, rowsOf } from '../../test/cli/support/read-list.ts';
import { ScriptedOutput } from '../../test/cli/support/scripted-output.ts';
import { FORMS } from './forms.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
async function* exported(messages: PackedPrefixes__Output[]): AsyncGenerator<ExportChunk__Output[]> {
  for (const rows of messages) yield [{ origin: 'list:x', selector: { target: 'allHosts', allHosts: true }, rows }];
}
const read = (file: string | Buffer, options: Partial<ReadOptions> = {}) => readChunks([file], options, NOW);
const rows = async (file: string | Buffer, options: Partial<ReadOptions> = {}) =>
  rowsOf((await read(file, options)).columns);

describe('faults rows 111, 131, 132: lists as others publish them', () => {
  it.each(PUBLISHED)('%s: %j', async (form, file, expected) => {
    expect(await read(file)).toMatchObject({ form });
    expect(await rows(file)).toEqual(expected);
    expect(await rows(file, { format: form })).toEqual(expected);
    // Wherever it is cut, with the line ends of Windows, and packed.
    expect(rowsOf((await readChunks([...file], {}, NOW)).columns)).toEqual(expected);
    expect(await rows(file.replaceAll(/\r?\n/g, '\r\n'))).toEqual(expected);
    expect(await rows(gzipSync(file))).toEqual(expected);
  });

  it('fail2ban: what has ended is left out, what has not ends in time', async () => {
    const local = (ms: number) => {
      const d = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
      return d.toISOString().slice(0, 19).replace('T', ' ');
    };
    const file = lines(
      `192.0.2.1 \t${local(NOW - 60_000)} + 600 = ${local(NOW + 540_000)}`,
      `192.0.2.2 \t${local(NOW - 700_000)} + 600 = ${local(NOW - 100_000)}`,
      `192.0.2.3 \t${local(NOW - 60_000)} + -1 = 9999-12-31 23:59:59`,
    );
    const { form, columns, notes } = await read(file);
    expect(form).toBe('fail2ban');
    expect(rowsOf(columns)).toEqual(['192.0.2.1/32 for 540000', '192.0.2.3/32']);
    expect(notes).toContain('left out 1 row: ended already');
  });

  it.each(EXPORT_FORMS)('what is exported as %s is read back', async (form) => {
    const { columns } = await read(
      lines('duration,scope,value', '4h,ip,192.0.2.1', ',range,10.0.0.0/8', '1h,ip,2001:db8::1'),
    );
    const output = new ScriptedOutput(NOW);
    await writeExport(output.cli, form, false, exported(packedOf(columns)));
    const withTimes = ['192.0.2.1/32 for 14400000', '10.0.0.0/8', '2001:db8::1/128 for 3600000'];
    const expected =
      form === 'plain' || form === 'nft' ? withTimes.map((row) => row.replace(/ for .*/, '')) : withTimes;
    expect((await rows(output.text)).sort()).toEqual(expected.sort());
  });
});

describe('faults rows 112, 131, 132: what is no list', () => {
  const page = '<!DOCTYPE html>\n<html><body>429 Too Many Requests</body></html>\n';
  it.each([
    ['an HTML page', page, /^stdin: it is a page of HTML or XML, not a list/],
    [
      'an error of an API',
      '{"type":"https://example.com/429","title":"Too many","status":429}',
      /no list of a known kind \(it has type, title, status\): is it the error page of an API\?/,
    ],
    ['an error in an array', '[{"error":"x"}]', /no list of a known kind \(it has error\)/],
    ['an empty object', '{}', /no list of a known kind/],
    ['numbers', '[1, 2]', /no list of a known kind/],
    [
      'a MISP list of names',
      '{"list":["example.com"],"type":"hostname"}',
      /line 1: "example\.com" is not an IPv4 or IPv6 address/,
    ],
    [
      'a MISP list of objects',
      '{"list":[{"x":"192.0.2.1"}],"type":"cidr"}',
      /line 1: an object stands where a prefix is due/,
    ],
    ['AWS without its prefixes', '{"prefixes":[{"region":"x"}],"ipv6_prefixes":[]}', /no list of a known kind/],
    [
      'AWS, one row without a prefix',
      '{"prefixes":[{"ip_prefix":"192.0.2.0/24"},\n{"region":"x"}]}',
      /line 2: it has no prefix, as others of "prefixes" have/,
    ],
    [
      'an error that names who asked',
      '{"success":false,"errors":[{"code":9109,"ip":"192.0.2.7"}],"result":null,"ip":"192.0.2.7","net":"192.0.2.0/24"}',
      /no list of a known kind/,
    ],
    [
      'addresses that may be anything',
      '{"servers":["192.0.2.1"],"masks":["255.255.255.0"]}',
      /no list of a known kind/,
    ],
    [
      'two prefixes in a row',
      '{"rules":[{"source":"192.0.2.0/24","destination":"198.51.100.0/24"}]}',
      /line 1: it has several prefixes, source and destination/,
    ],
    [
      'an array of prefixes with something else in it',
      '{"web":["192.0.2.0/24",\n"example.com"]}',
      /line 2: "example\.com" is not an IPv4/,
    ],
    [
      'a prefix with host bits in an array',
      '{"web":["192.0.2.0/24",\n"192.0.2.1/24"]}',
      /line 2: "192\.0\.2\.1\/24" has host bits set/,
    ],
    [
      'an export of RouterOS that was cut',
      lines('/ip firewall address-list', 'add address=192.0.2.0/24 comment="a\\'),
      /line 2: .*was it cut short/,
    ],
    [
      'a range of IPv6 that has a name and no beginning',
      lines('a name:192.0.2.0-192.0.2.1', 'bad name:-2001:db8::1'),
      /line 2: "bad name:" is not an IPv4 or IPv6 address/,
    ],
    ['decisions and something else', '[{"value":"192.0.2.1"},\n{"status":429}]', /line 2: it is no decision/],
    [
      'a DROP list that lacks rows',
      lines('{"cidr":"1.10.16.0/20"}', '{"type":"metadata","records":1449}'),
      /line 2: it says that there are 1449 records, but 1 were read/,
    ],
    ['JSON that was cut', '[{"value":"192.0.2.1"},', /that is not JSON/],
    ['JSON lines that were cut', '{"cidr":"1.10.16.0/20"}\n{"cidr":"2.5', /line 2 is not JSON/],
    [
      'a blocklist of names',
      lines('0.0.0.0 ads.example', '0.0.0.0 more.example'),
      /line 1: it blocks the name ads\.example, not an address/,
    ],
    [
      'two sets in one',
      lines('create a hash:ip', 'add a 192.0.2.1', 'create b hash:ip', 'add b 192.0.2.2'),
      /line 4: the file has the sets a and b/,
    ],
    [
      'a set with an exception',
      lines('create a hash:net', 'add a 192.0.2.0/24', 'add a 192.0.2.1 nomatch'),
      /line 3: 192\.0\.2\.1 is an exception/,
    ],
    [
      'a set of more than addresses',
      'table ip x {\n set a {\n  elements = { 192.0.2.1 . 80 }\n }\n}',
      /line 3: "192\.0\.2\.1 \. 80" is more than an address/,
    ],
    [
      'nginx that allows',
      lines('deny 192.0.2.0/24;', 'allow 192.0.2.1;'),
      /line 2: "allow 192\.0\.2\.1;" is not like "deny /,
    ],
    [
      'two columns of addresses',
      lines('src_ip,dst_ip', '192.0.2.1,192.0.2.2'),
      /line 1 names several columns of addresses, src_ip and dst_ip/,
    ],
    [
      'several addresses on a line that are not a range',
      lines('1.0.0.1, 9.9.9.9, 192.0.2.1', '1.0.0.7, 9.9.9.8, 2001:db8::1, 192.0.2.1'),
      /line 1: there is text after "1\.0\.0\.1,"[\s\S]*line 2: /,
    ],
    [
      'several addresses among ranges',
      lines('1.0.0.0,1.0.0.255,AU', '1.0.1.0,1.0.1.255,CN', '1.0.0.1,9.9.9.9,192.0.2.1'),
      /line 3: it has another address, "192\.0\.2\.1"/,
    ],
    [
      'a set that was cut',
      'table inet x {\n\tset a {\n\t\telements = { 192.0.2.1,\n\t\t\t192.0.2.2,\n\t\t\t192.0',
      /its braces do not match: was it cut short/,
    ],
    [
      'the second of two sets that was cut',
      'table inet x {\n set a {\n  elements = { 192.0.2.1 }\n }\n set b {\n  elements = { 2001:db8::1,',
      /its braces do not match: was it cut short/,
    ],
    [
      'a set whose addresses are networks',
      lines('create a hash:ip family inet hashsize 64 netmask 24', 'add a 192.0.2.0'),
      /line 1: in a set with netmask 24 an address stands for a network/,
    ],
    [
      'a listing of a set of more than addresses',
      lines('Name: a', 'Type: hash:ip,port', 'Members:', '192.0.2.1,tcp:80'),
      /line 2: a set of the kind hash:ip,port .*line 4: "192\.0\.2\.1,tcp:80" is not an IPv4/,
    ],
    [
      'a firewall that accepts a part of what it drops',
      lines('*filter', '-A INPUT -s 192.0.2.7/32 -j ACCEPT', '-A INPUT -s 192.0.2.0/24 -j DROP'),
      /line 2: 192\.0\.2\.7\/32 is accepted here/,
    ],
    [
      'two address lists of RouterOS',
      lines('add list=bad address=192.0.2.1', 'add list=ours address=192.0.2.2'),
      /line 2: the file has the sets bad and ours/,
    ],
    [
      'two commands of RouterOS in a line',
      lines('add list=bad address=192.0.2.1', ':do { add list=bad address=192.0.2.2; add list=bad address=192.0.2.3 }'),
      /line 2: .* has several addresses/,
    ],
    [
      'a set of nft in JSON of more than addresses',
      '{"nftables":[{"set":{"name":"a","elem":["192.0.2.1",{"concat":["192.0.2.2",80]}]}}]}',
      /line 1: element 2 of the set a is more than an address/,
    ],
    [
      'addresses with ports',
      lines('192.0.2.1:443', '[2001:db8::1]:53'),
      /line 1: "192\.0\.2\.1:443" has a port.*line 2/,
    ],
    ['addresses with zones', lines('fe80::1%eth0'), /line 1: "fe80::1%eth0" has a zone id/],
    [
      'addresses between semicolons',
      lines('192.0.2.1;192.0.2.2', '192.0.2.3 ; 2001:db8::/32 ;', '192.0.2.4;note'),
      /line 1: there is another address after "192\.0\.2\.1".*line 2: .*; nothing/,
    ],
    [
      'two addresses on a line of a hosts file',
      lines('192.0.2.1 bad.example', '192.0.2.2 worse.example', '192.0.2.3 192.0.2.4'),
      /line 3: it has another address, "192\.0\.2\.4"/,
    ],
    [
      'two addresses on a line of a geofeed',
      lines('192.0.2.1,DE,,,', '192.0.2.2,,198.51.100.0/24'),
      /line 2: it has another address, "198\.51\.100\.0"/,
    ],
    [
      'CSV with a quote that is not closed',
      lines('ip,note', '192.0.2.1,"a', '192.0.2.2,b'),
      /^stdin: line 2 opens a quote that is not closed/,
    ],
    [
      'JSON that is nested without end',
      `${'['.repeat(100_000)}"192.0.2.0/24"${']'.repeat(100_000)}`,
      /^stdin: line 1 is nested over 64 deep/,
    ],
    [
      'an address behind more blanks than are read',
      lines('192.0.2.1', `${' '.repeat(5000)}192.0.2.2`),
      /line 2: it begins with over 4096 blanks/,
    ],
    ["PeerGuardian's binary form", Buffer.from('\xff\xff\xff\xffP2B\x02', 'latin1'), /binary form \(\.p2b\)/],
    ['a list of YAML', lines('- 192.0.2.0/24'), /line 1: "- 192\.0\.2\.0\/24" is not an IPv4/],
    ['a zip archive', Buffer.from('PK\x03\x04xxxx'), /^stdin: it is a zip archive: unpack it$/],
    ['UTF-16', Buffer.from('\ufeff192.0.2.1', 'utf16le'), /^stdin: it is UTF-16/],
    ['gzip that was cut', gzipSync(lines('192.0.2.1', '192.0.2.2')).subarray(0, 25), /^stdin: it cannot be unpacked/],
  ])('%s', async (_, file, message) => {
    await expect(read(file)).rejects.toThrow(message);
  });

  it('bad lines say what is wrong with them, and as what the file was read', async () => {
    await expect(read(lines('192.0.2.0/24 evil', '192.0.2.1'))).rejects.toThrow(
      /^stdin line 1: there is text after "192\.0\.2\.0\/24": "evil"; write one prefix per line, and # before a comment; nothing was changed$/,
    );
    await expect(read(lines('192.0.2.1\t3', '192.0.2.2\tmany', '192.0.2.3\t1'))).rejects.toThrow(
      /^stdin line 2: "192\.0\.2\.2\\tmany" is not like "192\.0\.2\.1\\t12"; nothing was changed; it was read as counted: --format names another form$/,
    );
    await expect(read(lines('192.0.2.9-192.0.2.1'))).rejects.toThrow(
      /line 1: 192\.0\.2\.9-192\.0\.2\.1 ends before it begins/,
    );
  });

  it('an endless line of any kind is judged at once', async () => {
    for (const piece of ['1', 'a', ' ', ':', 'a:', '1.', '-', ',', '"', '\\', '{', '\t1', '#'])
      for (const format of ['auto', ...FORMS.map(({ name }) => name)])
        await read(piece.repeat(300_000), { format }).catch((error: unknown) =>
          expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' }),
        );
  });
});

describe('docs/cli.md', () => {
  const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  const table = new Map(
    [...docs.matchAll(/^\| `([a-z0-9-]+)` \| (.*) \| `(.*)` \|$/gm)].map(([, name, what, sample]) => [
      name,
      { what, sample },
    ]),
  );

  it.each(FORMS.map((form) => [form.name, form] as const))(
    'says what %s is, with a line that is read as it',
    async (name, form) => {
      expect(table.get(name)?.what).toBe(form.summary.replaceAll('|', '\\|'));
      const shown = (table.get(name)?.sample ?? '').replaceAll('<TAB>', '\t').replaceAll('\\|', '|');
      expect(form.sample.split('\n').map((line) => line.trim())).toContain(shown);
      expect((await read(form.sample)).form).toBe(name);
      expect((await rows(form.sample)).length).toBeGreaterThan(0);
    },
  );
});
