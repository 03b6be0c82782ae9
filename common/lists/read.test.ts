import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChunks, rowsOf } from '../../test/cli/support/read-list.ts';
import { formatPrefix, parsePrefix } from '../text/prefix.ts';
import { readCsv } from './csv-records.ts';
import { Findings } from './findings.ts';
import { plain } from './forms/plain.ts';
import { jsonItems } from './json-items.ts';
import { Rows } from './rows.ts';

async function read(chunks: string[], format = 'auto'): Promise<string[]> {
  return rowsOf((await readChunks(chunks, { format })).columns);
}

describe('plain lists', () => {
  it('takes .netset and .ipset with comments, any line ends, and cuts anywhere', async () => {
    const text =
      '# firehol\r\n192.0.2.1\r\n\n10.0.0.0/8 # a net\n;x\n\t1.2.3.4/32;y\n2001:db8::/32\n::ffff:9.9.9.9\n0.0.0.0/0';
    const expected = ['192.0.2.1/32', '10.0.0.0/8', '1.2.3.4/32', '9.9.9.9/32', '0.0.0.0/0', '2001:db8::/32'];
    expect(await read([text])).toEqual(expected);
    for (let at = 1; at < text.length; at++) expect(await read([text.slice(0, at), text.slice(at)])).toEqual(expected);
    expect(await read([...text])).toEqual(expected);
  });

  it('faults rows 16, 17, 19: bad lines are named by number, the first three in words, and nothing is taken', async () => {
    const text = '1.2.3.4\n010.0.0.1\n10.0.0.5/8\n\n::ffff:0:0/95\n1.2.3\n1.2.3.4/33\n';
    await expect(read([text])).rejects.toThrow(
      /^stdin line 2: .*leading zeros.*; stdin line 3: .*write 10\.0\.0\.0\/8.*; stdin line 5: .*IPv4-mapped.* \(and 2 more\); nothing was changed$/,
    );
  });

  it('agrees with the strict reader on every line', () => {
    const word = fc.oneof(
      fc.ipV4(),
      fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, length]) => `${address}/${length}`),
      fc.ipV6(),
      fc.string({
        unit: fc.constantFrom('1', '0', '25', '.', '/', ':', ' ', '#', ';', '\t', '\r', 'a'),
        maxLength: 20,
      }),
    );
    fc.assert(
      fc.property(word, (line) => {
        const findings = new Findings();
        const into = new Rows(findings, [], 0);
        const reader = plain.read(into);
        reader.push(Buffer.from(line));
        reader.end();
        const bare = line.replace(/([#;]|(?<=\s)\/\/|^\s*\/\/).*$/s, '').trim();
        const [, comment = ''] = /^[^#;]*;([^;]*)/.exec(line.trim().replace(/\s\/\/.*$/s, '')) ?? [];
        let expected: string[] = [];
        let good = bare === '' || isIP(comment.trim().replace(/[\s,|/-].*$/s, '')) === 0;
        try {
          if (good && bare !== '') expected = [formatPrefix(parsePrefix(bare))];
        } catch {
          good = false;
        }
        expect(rowsOf(into.columns)).toEqual(expected);
        expect(findings.count).toBe(good ? 0 : 1);
      }),
      { numRuns: 3000 },
    );
  });

  it('an endless line is refused without being kept', async () => {
    await expect(read(['1'.repeat(100_000), '2'.repeat(100_000)])).rejects.toThrow(/^stdin line 1: /);
  });
});

describe('cscli', () => {
  it('CSV of an import', async () => {
    const text =
      'duration,scope,value,reason\n4h,ip,192.0.2.1,"a, ""b"""\n24h,Range,10.0.0.0/8,x\n1h30m,Ip,2001:db8::1,\n';
    expect(await read([text])).toEqual([
      '192.0.2.1/32 for 14400000',
      '10.0.0.0/8 for 86400000',
      '2001:db8::1/128 for 5400000',
    ]);
  });

  it('CSV of a listing: what has ended and what is no ban is left out', async () => {
    const text = [
      'id,source,ip,reason,action,country,as,events_count,expiration,simulated,alert_id',
      '1,cscli,Ip:192.0.2.1,manual,ban,,,1,3h59m58.5s,false,1',
      '2,cscli,Ip:192.0.2.2,manual,captcha,,,1,3h,false,1',
      '3,cscli,Range:2001:db8::/32,manual,ban,,,1,1h,false,1',
      '4,cscli,Ip:192.0.2.4,manual,ban,,,1,-5s,false,1',
      '',
    ].join('\n');
    expect(await read([text])).toEqual(['192.0.2.1/32 for 14398500', '2001:db8::/32 for 3600000']);
  });

  it('JSON of an import, of a listing, and of nothing', async () => {
    expect(await read(['[{"duration":"4h","scope":"ip","value":"192.0.2.1"},{"value":"10.0.0.0/8"}]'])).toEqual([
      '192.0.2.1/32 for 14400000',
      '10.0.0.0/8',
    ]);
    const alert = { id: 1, decisions: [{ duration: '1h', scope: 'Ip', type: 'ban', value: '192.0.2.9' }] };
    expect(await read([JSON.stringify([alert, { id: 2, decisions: null }])])).toEqual(['192.0.2.9/32 for 3600000']);
    expect(await read(['null\n'])).toEqual([]);
  });

  it('faults row 57: a duration of more than a century is refused by its line', async () => {
    for (const duration of ['2600000000h', '5124095h34m33.8s', '876001h'])
      await expect(read([`duration,scope,value\n4h,ip,192.0.2.1\n${duration},ip,192.0.2.2\n`])).rejects.toThrow(
        /line 3: a time to live is at most 100 years/,
      );
    expect(await read(['duration,scope,value\n876000h,ip,192.0.2.1\n'])).toEqual(['192.0.2.1/32 for 3153600000000']);
  });

  it('names what it cannot take', async () => {
    const csv = 'duration,scope,value\n4h,ip,10.0.0.5/8\nsoon,ip,192.0.2.1\n4h,country,FR\n';
    await expect(read([csv])).rejects.toThrow(
      /line 2: .*host bits.*; stdin line 3: "soon" is not a duration.*; stdin line 4: scope "country"/,
    );
    await expect(read(['[{"value":"nonsense"}]'])).rejects.toThrow(/line 1: "nonsense" is not/);
    const listing = [
      { events: [{ meta: [{ key: 'x', value: 'no' }] }], decisions: [{ value: '192.0.2.1' }, { value: 'bad' }] },
      { decisions: null },
      { decisions: [{ value: 'worse', more: { value: ['{', '"'] } }] },
    ];
    const json = JSON.stringify(listing, null, 1);
    const lineOf = (text: string) => json.split('\n').findIndex((line) => line.includes(text));
    await expect(read([json])).rejects.toThrow(
      new RegExp(`line ${lineOf('"bad"')}: "bad" .*; stdin line ${lineOf('"worse"')}: "worse" `),
    );
    await expect(read(['[1]'])).rejects.toThrow(/no list of a known kind/);
    await expect(read(['[{'])).rejects.toThrow(/not JSON/);
    await expect(read(['a,b\n1,2\n'], 'csv')).rejects.toThrow(/needs a column named value/);
  });
});

describe('jsonItems', () => {
  it('has every object and every value of an array, in its place and on its line, whatever else is in it', () => {
    const row = fc.record({ value: fc.string(), junk: fc.jsonValue({ maxDepth: 2 }) });
    fc.assert(
      fc.property(fc.array(row), fc.array(fc.string()), fc.constantFrom(0, 1, 2), (list, words, indent) => {
        const text = JSON.stringify({ list, in: { words } }, null, indent);
        const items = [...jsonItems(text)];
        const objects = items.filter(({ path }) => path === 'list[]');
        expect(objects.map(({ members }) => members.get('value'))).toEqual(list.map(({ value }) => value));
        expect(items.filter(({ path }) => path === 'in.words[]').map(({ value }) => value)).toEqual(words);
        if (indent > 0) for (const { line } of objects) expect(text.split('\n')[line - 1]?.trim()).toBe('{');
      }),
    );
  });
});

describe('readCsv', () => {
  it('reads back what was quoted, with the line where each record starts', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (records) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = records.map((fields) => fields.map(quote).join(','));
        const read = [...readCsv(lines.join('\n'), ',')];
        expect(read.map(({ fields }) => fields)).toEqual(records);
        let line = 1;
        read.forEach((record, i) => {
          expect(record.line).toBe(line);
          line += (lines[i] ?? '').split('\n').length;
        });
      }),
    );
  });
});

// How quickly is bench/import.ts's to say.
it('a million lines are read, wherever the pieces of the file cut them', { timeout: 60_000 }, () => {
  const parts: string[] = [];
  for (let i = 0; i < 1_000_000; i++) parts.push(`${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}.${(i * 7) & 255}\n`);
  const text = Buffer.from(parts.join(''));
  const into = new Rows(new Findings(), [], 0);
  const reader = plain.read(into);
  for (let at = 0; at < text.length; at += 65_521) reader.push(text.subarray(at, at + 65_521));
  reader.end();
  expect(into.columns.count).toBe(1_000_000);
});
