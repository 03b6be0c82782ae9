import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makePrefix } from '../../../common/entries/packed.ts';
import { covers, formatPrefix, type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import { makesUp, PrefixSet } from './prefix-set.ts';

const prefix = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.uint8Array({ minLength: 2, maxLength: 2 }), fc.nat(16))
  .map(([family, top, length]) => {
    const address = new Uint8Array(family === 4 ? 4 : 16);
    address.set(top.map((byte) => byte & 0xc1));
    return makePrefix(family, address, length);
  });

it('finds exactly the members that cover a prefix, whatever was added and deleted', () => {
  fc.assert(
    fc.property(fc.array(prefix), fc.array(prefix), prefix, (added, deleted, asked) => {
      const set = new PrefixSet();
      for (const each of added) set.add(each.family, each.address, 0, each.length, each.length);
      for (const each of deleted) set.delete(each.family, each.address, 0, each.length);
      const gone = new Set(deleted.map(formatPrefix));
      const members = added.filter((each) => !gone.has(formatPrefix(each)));
      const wanted = new Set(members.filter((each) => covers(each, asked)).map(formatPrefix));
      const found = set.covering(asked);
      expect(found.map(({ row }) => formatPrefix(set.prefixAt(asked.family, row)))).toEqual(
        [...wanted].toSorted((a, b) => Number(a.split('/')[1]) - Number(b.split('/')[1])),
      );
      expect(found.map(({ expiresMs }) => expiresMs)).toEqual(found.map(({ length }) => length));
      expect(set.size).toBe(new Set(members.map(formatPrefix)).size);
    }),
  );
});

it.each<[string, string[], boolean]>([
  ['198.51.100.0/24', ['198.51.100.0/24'], true],
  ['198.51.100.0/24', ['198.51.100.0/25', '198.51.100.128/25'], true],
  ['198.51.100.0/24', ['198.51.100.0/25', '198.51.100.0/26', '198.51.100.64/26'], false],
  ['198.51.100.0/30', ['198.51.100.0', '198.51.100.1', '198.51.100.2', '198.51.100.2', '198.51.100.3'], true],
  ['198.51.100.0/30', ['198.51.100.0', '198.51.100.1', '198.51.100.2'], false],
  ['2001:db8::/32', ['2001:db8::/33', '2001:db8:8000::/33'], true],
  ['2001:db8::/32', [], false],
])('%s of %j: %s', (whole, parts, expected) => {
  expect(
    makesUp(
      parsePrefix(whole),
      parts.map((text): Prefix => parsePrefix(text)),
    ),
  ).toBe(expected);
});

it('knows whether a longer member is in a /64', () => {
  const set = new PrefixSet({ knowsInside: true });
  const each = (text: string) => parsePrefix(text);
  const members = ['2001:db8:1::1', '2001:db8:1::2', '2001:db8:2::/64', '2001:db8:3::/65', '198.51.100.1'].map(each);
  for (const { family, address, length } of members)
    for (const _twice of [1, 2]) set.add(family, address, 0, length, 0);
  const inside = () => [1, 2, 3, 4].map((n) => set.hasInside64(each(`2001:db8:${n}::/64`)));
  expect(inside()).toEqual([true, false, true, false]);
  const remove = (text: string) => set.delete(6, each(text).address, 0, each(text).length);
  remove('2001:db8:1::1');
  remove('2001:db8:1::1');
  remove('2001:db8:3::/65');
  expect(inside()).toEqual([true, false, false, false]);
  remove('2001:db8:1::2');
  expect(inside()).toEqual([false, false, false, false]);
});
