// Whatever a file holds, its reader ends in rows, findings or its own error, and no address on it is lost without a word.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChunks, rowsOf } from '../../test/cli/support/read-list.ts';
import { FleetblockError } from '../errors.ts';
import { Findings } from './findings.ts';
import { FORMS, formNamed, LIST_FORMATS } from './forms.ts';
import { Rows } from './rows.ts';

const ADDRESSES = ['192.0.2.1', '192.0.2.77', '198.51.100.0', '2001:db8::1', '2001:db8:1::'];
const PREFIXES = ['198.51.100.0/24', '2001:db8:2::/48', '192.0.2.8/29'];
/** What the forms are made of, so that random text is often nearly right. */
const WORDS = [
  ...ADDRESSES,
  ...PREFIXES,
  ...['192.0.2.9-192.0.2.5', '192.0.2.1:443', '10.0.0.5/8', '010.0.0.1', '999.1.1.1', '1.2.3', 'fe80::1%eth0', '::'],
  ...['deny ', 'allow ', 'add bad ', 'add list=bad address=', ' timeout=1d', ':do { ', ' }', ' timeout 60', ' nomatch'],
  ...['create bad hash:ip\n', 'create bad hash:net netmask 24\n', 'Name: bad\n', 'Members:\n', ' comment "x"'],
  ...['-A INPUT -s ', ' -j DROP', ' -j ACCEPT', ' -p tcp', '! ', '-d ', '[1:60] ', '*filter\n', 'COMMIT\n'],
  ...['table inet x {', ' set bad {', ' elements = {', '}', 'add element inet x bad {', ' timeout 1h', ' expires 5s'],
  ...['ip,note\n', 'start,end\n', 'value,scope,duration\n', '"', '""', '[', ']', '{', '"cidr":', '"value":', 'null'],
  ...[
    ' , 100 , ',
    'Some Name:',
    ' 2026-11-24 10:00:00 + 600 = 2026-11-24 10:10:00',
    'bad.example',
    'DE',
    '12',
    '-',
    '/',
  ],
  ...['#', ';', '//', ' ', '\t', ',', '\n', '\r\n', '\0', '\\', '\\\n', '\ufeff', 'é', '=', ':', '.'],
];

const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join(''));
const format = fc.constantFrom(...LIST_FORMATS);

/** What a line-by-line reader makes of one line. */
function readLine(name: string, line: string): { rows: string[]; findings: number; leftOut: number } {
  const findings = new Findings();
  const rows = new Rows(findings, ['drop', 'ban'], 0);
  const reader = formNamed(name)?.read(rows);
  reader?.push(Buffer.from(`${line}\n`));
  reader?.end();
  const leftOut = [...rows.leftOut.values()].reduce((sum, many) => sum + many, 0);
  return { rows: rowsOf(rows.columns), findings: findings.count, leftOut };
}

const BY_LINE = FORMS.map(({ name }) => name).filter((name) => !['json', 'csv', 'nft'].includes(name));

describe('a reader, on any text', () => {
  it('throws nothing but its own error, and makes the same of it wherever it is cut', async () => {
    const read = async (chunks: (string | Buffer)[], name: string) => {
      try {
        const { columns, notes } = await readChunks(chunks, { format: name, skipInvalid: 1000 });
        return { rows: rowsOf(columns), notes };
      } catch (error) {
        if (!(error instanceof FleetblockError) || error.code !== 'INVALID_ARGUMENT') throw error;
        return error.message;
      }
    };
    await fc.assert(
      fc.asyncProperty(text, format, fc.nat(), async (file, name, at) => {
        const bytes = Buffer.from(file);
        const cut = at % (bytes.length + 1);
        expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)], name)).toEqual(await read([bytes], name));
      }),
      { numRuns: 800 },
    );
  });

  it('takes, leaves out with a reason, or reports each line that holds an address and is no comment', () => {
    const line = fc
      .tuple(fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }), fc.constantFrom(...ADDRESSES, ...PREFIXES))
      .chain(([words, address]) => fc.shuffledSubarray([...words, address], { minLength: words.length + 1 }))
      .map((words) => words.join('').replaceAll(/[\r\n\\]/g, ' '))
      .filter((each) => !/^[\s\0\ufeff]*([#;]|\/\/)/.test(each));
    // Lines that name sets and chains, whatever the names are.
    const naming: Record<string, RegExp> = {
      ipset: /^[\s\0\ufeff]*(create |(Name|Members):)/,
      iptables: /^[\s\0\ufeff]*(\[[0-9:]+\] )?:/,
    };
    fc.assert(
      fc.property(line, fc.constantFrom(...BY_LINE), (each, name) => {
        fc.pre(!naming[name]?.test(each));
        const { rows, findings, leftOut } = readLine(name, each);
        expect(rows.length + findings + leftOut).toBeGreaterThan(0);
      }),
      { numRuns: 4000 },
    );
  });

  it('takes a line as a whole: no second address on it is lost', () => {
    const address = fc.nat(255).map((n) => `192.0.2.${n}`);
    const between = fc.constantFrom(' ', '\t', ',', ', ', ';', ' ; ', '|', ' - ', '-', ' bad.example ', ',DE,', ' 12 ');
    // In the others, a name or a comment may be an address.
    const names = ['plain', 'counted', 'start-end', 'geofeed', 'hosts', 'nginx', 'iptables', 'ipset', 'routeros'];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(address, between), { minLength: 2, maxLength: 3 }),
        fc.constantFrom(...names),
        (parts, name) => {
          const before: Record<string, string> = {
            nginx: 'deny ',
            iptables: '-A INPUT -j DROP -s ',
            ipset: 'add bad ',
            routeros: 'add list=bad address=',
          };
          const line = `${before[name] ?? ''}${parts.flat().join('')}`;
          const { rows, findings, leftOut } = readLine(name, line);
          if (findings + leftOut > 0) return;
          const last = (row: string) => {
            const [, octet = 0, length = 0] = /^192\.0\.2\.(\d+)\/(\d+)$/.exec(row)?.map(Number) ?? [];
            return [octet, octet + 2 ** (32 - length) - 1] as const;
          };
          const held = rows.map(last);
          for (const [each] of parts) {
            const octet = Number(each.replace(/.*\./, ''));
            expect(held.some(([from, to]) => from <= octet && octet <= to)).toBe(true);
          }
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('has a row, a finding or a reason for every record of CSV', async () => {
    const field = fc.constantFrom('', 'x', ' ', '192.0.2.1', '2001:db8::/32', '10.0.0.5/8', 'ban', '4h', '"a, b"');
    const heading = fc.constantFrom('ip,note', 'note,value', 'start,end', 'scope,duration,value,action');
    await fc.assert(
      fc.asyncProperty(
        heading,
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
        async (first, records) => {
          const file = [first, ...records.map((fields) => fields.join(','))].join('\n');
          const { columns, invalid, notes } = await readChunks([file], { format: 'csv', skipInvalid: 100 });
          const leftOut = notes.flatMap((note) => /^left out (\d+) rows?:/.exec(note)?.[1] ?? []).map(Number);
          const lines = new Set(Array.from({ length: columns.count }, (_, row) => columns.lineOf(row + 1)));
          expect(lines.size + invalid.count + leftOut.reduce((sum, many) => sum + many, 0)).toBe(records.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has a row, a finding or a reason for every address in a set of nft, and beside it', async () => {
    const word = fc.constantFrom('192.0.2.1', '2001:db8::1', '{', '}', 'elements = {', 'set bad {', ',', 'drop', '\n');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 20 }), async (words) => {
        const file = words.join(' ');
        const result = await readChunks([file], { format: 'nft', skipInvalid: 100 }).catch(() => undefined);
        // Braces that do not match.
        if (!result || result.invalid.count > 0) return;
        const leftOut = result.notes.flatMap((note) => /^left out (\d+) rows?:/.exec(note)?.[1] ?? []).map(Number);
        const addresses = words.filter((each) => each.includes('1'));
        expect(result.columns.count + leftOut.reduce((sum, many) => sum + many, 0)).toBe(addresses.length);
      }),
      { numRuns: 800 },
    );
  });

  it.each([
    ['csv', 'ip,note\n192.0.2.1,"', '""', '"', 1],
    ['json', '["192.0.2.0/24", {"a":"', '\\n', '"}]', 1],
    ['nft', 'set a { elements = { 192.0.2.1 comment "', 'a, ', '" } }', 1],
  ] as const)('reads %s with a text of many megabytes in it', async (name, before, piece, after, count) => {
    const file = `${before}${piece.repeat(10_000_000)}${after}`;
    const { columns } = await readChunks([file], { format: name, skipInvalid: 1 });
    expect(columns.count).toBe(count);
  });
});
