// The quick comparison of two versions of a list says what the one with tables says, or nothing.
import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/sync/seeded.ts';
import { formatPrefix, parsePrefix } from '../text/prefix.ts';
import { diffTables } from './compare.ts';
import { EntryTable } from './entry-table.ts';
import { diffInOrder } from './in-order.ts';
import { type Entry, NO_ENTRIES, type PackedEntries, packEntries, unpackEntries } from './packed.ts';

type Rows = PackedEntries<'unix'>;
const row = (text: string, ttlMs = 0, action: Entry<'unix'>['action'] = 'block'): Entry<'unix'> => ({
  ...{ prefix: parsePrefix(text), ttlMs, action },
});
const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => row(`10.0.${(from + i) >> 8}.${(from + i) & 255}`));

function tableOf(rows: Rows): EntryTable<'unix'> {
  const table = new EntryTable<'unix'>();
  table.addAll(rows);
  return table;
}
const texts = (rows: PackedEntries<'unix'>) =>
  [...unpackEntries(rows)].map(({ prefix, ttlMs, action }) => `${formatPrefix(prefix)} ${action} ${ttlMs}`).sort();
const keys = (rows: PackedEntries) => [...unpackEntries(rows)].map(({ prefix }) => formatPrefix(prefix)).sort();
const said = (of: ReturnType<typeof diffTables<'unix'>> | undefined) =>
  of && { adds: texts(of.adds), removes: keys(of.removes) };

describe('versions of a list', () => {
  const list = many(0, 500);
  it.each([
    ['the same', list, 0, 0],
    ['some replaced where they were', [...list.slice(0, 100), ...many(1000, 1010), ...list.slice(110)], 10, 10],
    ['some left out', [...list.slice(0, 100), ...list.slice(120)], 0, 20],
    ['some added in between', [...list.slice(0, 100), ...many(1000, 1020), ...list.slice(100)], 20, 0],
    ['some at the end', [...list, ...many(1000, 1040)], 40, 0],
    ['one that ends now', [row('10.0.0.0', 5000), ...list.slice(1)], 1, 0],
    ['one of another action', [row('10.0.0.0', 0, 'monitor'), ...list.slice(1)], 1, 0],
    ['one that moved', [...list.slice(1), row('10.0.0.0')], 0, 0],
    ['some of IPv6', [...list, row('2001:db8::1'), row('2001:db8::/64')], 2, 0],
  ])('%s', (_, next, adds, removes) => {
    const found = diffInOrder<'unix'>(packEntries(list), packEntries(next));
    expect([found && keys(found.adds).length, found && keys(found.removes).length]).toEqual([adds, removes]);
  });

  it.each([
    ['a prefix twice, which it had', [...list, row('10.0.0.7')]],
    ['a prefix twice, which is new', [...list, row('10.9.9.9'), row('10.9.9.9', 5000)]],
    ['another order', list.toReversed()],
    ['another list', many(1000, 1500)],
  ])('leaves to tables: %s', (_, next) => {
    expect(diffInOrder<'unix'>(packEntries(list), packEntries(next))).toBeUndefined();
  });

  it('says what tables say, of any two', () => {
    const random = seeded(7);
    let quick = 0;
    for (let round = 0; round < 300; round++) {
      const prefix = () =>
        random() < 0.2
          ? `2001:db8::${Math.floor(random() * 300).toString(16)}`
          : `10.0.0.${Math.floor(random() * 256)}/32`;
      const any = () =>
        row(prefix(), random() < 0.2 ? 1 + Math.floor(random() * 3) * 900 : 0, random() < 0.1 ? 'monitor' : 'block');
      const from = tableOf(packEntries(Array.from({ length: 120 }, any))).pack();
      const to = packEntries(
        [...unpackEntries(from)].flatMap((each) => {
          const dice = random();
          return dice < 0.02 ? [] : dice < 0.04 ? [any()] : dice < 0.06 ? [each, any()] : [each];
        }),
      );
      const found = said(diffInOrder(from, to));
      if (found) expect(found).toEqual(said(diffTables(tableOf(from), tableOf(to))));
      if (found) quick++;
    }
    expect(quick).toBeGreaterThan(30);
    expect(said(diffInOrder<'unix'>(NO_ENTRIES, NO_ENTRIES))).toEqual({ adds: [], removes: [] });
  });
});
