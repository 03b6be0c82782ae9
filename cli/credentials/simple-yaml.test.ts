import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseSimpleYaml } from './simple-yaml.ts';

const PEM = `-----BEGIN CERTIFICATE-----
MIIBszCCAVqgAwIBAgIUf+/=
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIIB
-----END CERTIFICATE-----
`;

it('reads what the controller writes, without the library', () => {
  const document = {
    currentContext: 'prod',
    contexts: {
      prod: {
        controller: 'controller.example.com:7443',
        fleet: 'prod',
        operator: 'admin',
        ca: PEM,
        certificate: PEM,
        key: PEM,
      },
      test: { controller: '10.0.0.5:7443', key: PEM },
    },
  };
  expect(parseSimpleYaml(`# a comment\n${stringify(document, { lineWidth: 0 })}`)).toEqual(document);
});

it('what it reads, the library reads alike; the rest it leaves alone', () => {
  const word = fc.constantFrom(
    ...[
      'x',
      'a.b',
      '10.0.0.5:7443',
      '12:30',
      'x:1',
      'a/b',
      'a@b',
      'a b',
      'a #c',
      'a#c',
      '1',
      '1.5',
      '1e3',
      '0x1f',
      '0o7',
      '.5',
    ],
    ...[
      '+1',
      '-1',
      'yes',
      'true',
      'null',
      '~',
      '.inf',
      '1_000',
      '2026-11-24',
      '"q"',
      "'q'",
      '[a]',
      '{a: b}',
      '*a',
      '!t',
      '- a',
    ],
    ...['a: b', '>', '|-', '|+', '[2001:db8::1]:7443', ':x', 'x:', '%x', '`x'],
  );
  const block = fc.array(fc.constantFrom('A', 'B C', '- D: E', '# F', '  G', ''), { minLength: 1, maxLength: 3 });
  const key = fc.constantFrom('a', 'b', 'c', 'key', 'a.b', '0', 'true', 'null', '__proto__');
  const indented = (by: string) => (lines: string[]) => lines.map((line) => (line === '' ? line : by + line));
  const { mapping } = fc.letrec<{ mapping: string[]; pair: string[] }>((tie) => ({
    mapping: fc.array(tie('pair'), { minLength: 1, maxLength: 3 }).map((pairs) => pairs.flat()),
    pair: fc.oneof(
      { maxDepth: 3 },
      fc.tuple(key, word).map(([name, text]) => [`${name}: ${text}`]),
      fc.tuple(key, block).map(([name, lines]) => [`${name}: |`, ...indented('  ')(lines)]),
      fc
        .tuple(key, tie('mapping'), fc.constantFrom(' ', '  ', '   '))
        .map(([name, inner, by]) => [`${name}:`, ...indented(by)(inner)]),
    ),
  }));
  let read = 0;
  fc.assert(
    fc.property(mapping, (lines) => {
      const text = `${lines.join('\n')}\n`;
      const simple = parseSimpleYaml(text);
      if (simple === undefined || Object.keys(simple).length === 0) return;
      read++;
      expect(parse(text)).toEqual(simple);
    }),
    { numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(100);
});
