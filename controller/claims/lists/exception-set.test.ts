// What is left of a prefix without its exceptions, held against counting addresses one by one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePrefix } from '../../../common/entries/packed.ts';
import { covers, type Family, formatPrefix, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { ExceptionSet } from './exception-set.ts';

const rest = (prefix: string, ...exceptions: string[]) =>
  [...new ExceptionSet(exceptions.map(parsePrefix)).family(parsePrefix(prefix).family).rest(parsePrefix(prefix))].map(
    formatPrefix,
  );

test.each([
  ['192.0.2.0/30', ['192.0.2.1/32'], ['192.0.2.0/32', '192.0.2.2/31']],
  ['192.0.2.0/30', ['192.0.2.0/31', '192.0.2.1/32'], ['192.0.2.2/31']],
  ['192.0.2.0/24', ['192.0.2.0/24'], []],
  ['192.0.2.0/24', ['192.0.0.0/16'], []],
  ['192.0.2.0/24', ['192.0.3.0/24', '192.0.1.255'], ['192.0.2.0/24']],
  ['192.0.2.0/24', ['192.0.2.0/25', '192.0.2.128/25'], []],
  ['0.0.0.0/0', ['0.0.0.0/1', '255.255.255.255/32'].slice(0, 1), ['128.0.0.0/1']],
  ['2001:db8::/126', ['2001:db8::3'], ['2001:db8::/127', '2001:db8::2/128']],
])('%s without %j', (prefix, exceptions, expected) => {
  expect(rest(prefix, ...exceptions)).toEqual(expected);
});

test('one address of a /8 leaves 24 prefixes, one of an IPv6 /32 leaves 96', () => {
  expect(rest('10.0.0.0/8', '10.1.2.3')).toHaveLength(24);
  expect(rest('2001:db8::/32', '2001:db8::1')).toHaveLength(96);
});

/** Prefixes within 64 addresses, so that they can be counted. */
const near = (family: Family): fc.Arbitrary<Prefix> => {
  const [base, bits] = family === 4 ? [parsePrefix('198.51.100.0'), 32] : [parsePrefix('2001:db8::'), 128];
  return fc.tuple(fc.nat(63), fc.nat(6)).map(([last, wide]) => {
    const address = base.address.slice();
    address[address.length - 1] = last;
    return makePrefix(family, address, bits - wide);
  });
};

test.each([4, 6] as const)(
  'IPv%i: every address but the exceptions, none twice, no two that could be one',
  (family) => {
    fc.assert(
      fc.property(near(family), fc.array(near(family), { maxLength: 6 }), (prefix, exceptions) => {
        const set = new ExceptionSet(exceptions).family(family);
        const parts = [...set.rest(prefix)];
        const bits = prefix.address.length * 8;
        for (let last = 0; last < 64; last++) {
          const address = prefix.address.slice();
          address[address.length - 1] = last;
          const single = { family, address, length: bits };
          const wanted = covers(prefix, single) && !exceptions.some((each) => covers(each, single));
          expect(parts.filter((part) => covers(part, single))).toHaveLength(wanted ? 1 : 0);
        }
        const siblings = parts.map(
          (part) => `${formatPrefix(makePrefix(family, part.address, part.length - 1))} ${part.length}`,
        );
        expect(new Set(siblings).size).toBe(siblings.length);
        const met = exceptions.some((each) => covers(each, prefix) || covers(prefix, each));
        expect(set.meets(prefix.address, 0, prefix.length)).toBe(met);
        const all = exceptions.some((each) => covers(each, prefix));
        expect(set.cover(prefix.address, 0, prefix.length)).toBe(all);
      }),
      { numRuns: 500 },
    );
  },
);
