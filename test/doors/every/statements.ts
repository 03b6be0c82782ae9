// What anybody may say through any door, and a plain model of which of it may stand.
import fc from 'fast-check';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';

/** What is known of a prefix, or of what is none. */
export interface Said {
  readonly text: string;
  /** `guarded`: the guard refuses it. `range`: it is fine but for detectors. `spared`: the same, as it is allowed, or an operator has called from there. `junk`: no prefix. */
  readonly kind: 'address' | 'range' | 'spared' | 'guarded' | 'junk';
}

/** One request through one door. */
export interface Statement {
  readonly said: readonly Said[];
  /** It takes back; otherwise it blocks. */
  readonly over: boolean;
  readonly seconds: number;
  /** What its caller tries besides, if there is a way to say it. */
  readonly abuse: 'none' | 'force' | 'allow' | 'origin';
}

/** What a fleet needs or lets pass, as the tests set it up. */
export const NEEDED = ['10.9.9.9', 'fd00:9::9'];
/** Where an operator is connected from, and where one has called from. */
export const CONNECTED_FROM = '203.0.113.200';
export const CALLED_FROM = '203.0.113.7';
export const ALLOWED = ['192.0.2.0/28', '2001:db8:a::/64'];
/** Blocked by others: a person, a list, another program. */
export const OTHERS = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];

const of = (kind: Said['kind'], ...texts: readonly string[]) =>
  fc.constantFrom(...texts.map((text) => ({ text, kind })));
const numbered = (max: number, write: (n: number) => string) => fc.integer({ min: 1, max }).map(write);
const address = fc
  .oneof(
    { weight: 6, arbitrary: numbered(40, (n) => `198.51.100.${n}`) },
    { weight: 2, arbitrary: numbered(20, (n) => `2001:db8:b::${n}`) },
    { weight: 1, arbitrary: numbered(9, (n) => `2001:db8:c:${n}::/64`) },
  )
  .map((text): Said => ({ text, kind: 'address' }));
const anything = fc.oneof(
  { weight: 9, arbitrary: address },
  { weight: 1, arbitrary: numbered(9, (n) => `198.18.${n}.0/24`).map((text): Said => ({ text, kind: 'range' })) },
  { weight: 1, arbitrary: of('spared', '192.0.2.3', '192.0.2.15', '2001:db8:a::1', '2001:db8:a::/64', CALLED_FROM) },
  {
    weight: 2,
    arbitrary: of(
      'guarded',
      ...['127.0.0.1', '::1', '224.0.0.1', 'fe80::1', '0.0.0.0/0', '::/0', '0.0.0.0/7', '2000::/18'],
      ...[...NEEDED, CONNECTED_FROM, '203.0.113.192/26', '10.9.0.0/16', 'fd00:9::/64'],
    ),
  },
  { weight: 1, arbitrary: of('junk', 'localhost', '300.1.1.1', '1.2.3.4/33') },
);
const several = (each: fc.Arbitrary<Said>) =>
  fc.uniqueArray(each, { minLength: 1, maxLength: 6, selector: ({ text }) => text });

/** What is wrong with one that tries something is that alone. */
const tried = fc.oneof(
  { weight: 2, arbitrary: fc.record({ said: several(anything), abuse: fc.constant('none' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ said: several(address), abuse: fc.constantFrom('force', 'allow', 'origin') }),
  },
);
export const statement: fc.Arbitrary<Statement> = fc
  .record({ tried, over: fc.boolean(), seconds: fc.integer({ min: 60, max: 100_000 }) })
  .map(({ tried, ...more }) => ({ ...tried, ...more }));

/** Canonical prefixes of what is no junk. */
export function prefixesOf({ said }: Statement): string[] {
  return said.flatMap(({ text, kind }) => (kind === 'junk' ? [] : formatPrefix(parsePrefix(text))));
}

/** What a door that takes all or nothing holds afterwards, when it adds to and takes from what it held. */
export function allOrNothing(before: ReadonlySet<string>, statement: Statement): ReadonlySet<string> {
  const { said, over, abuse } = statement;
  const prefixes = prefixesOf(statement);
  if (abuse !== 'none' || said.some(({ kind }) => kind === 'junk')) return before;
  if (over) return new Set([...before].filter((prefix) => !prefixes.includes(prefix)));
  return said.some(({ kind }) => kind === 'guarded') ? before : new Set([...before, ...prefixes]);
}

/** The same where each statement is all that there should be. */
export function wholeOrNothing(before: ReadonlySet<string>, statement: Statement): ReadonlySet<string> {
  const isBad = statement.said.some(({ kind }) => kind === 'junk' || kind === 'guarded');
  return isBad ? before : new Set(prefixesOf(statement));
}

/** What a detector holds afterwards: each address by itself, as many as it has room for. */
export function eachByItself(
  before: ReadonlySet<string>,
  { said, over }: Statement,
  most: number,
): ReadonlySet<string> {
  const after = new Set(before);
  for (const { text, kind } of said) {
    const prefix = kind === 'junk' ? '' : formatPrefix(parsePrefix(text));
    if (over) after.delete(prefix);
    else if (kind === 'address' && (after.has(prefix) || after.size < most)) after.add(prefix);
  }
  return after;
}
