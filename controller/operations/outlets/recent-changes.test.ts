// How far back what changed is known: from the first reader on, and within a number of rows.
import { expect, it } from 'vitest';
import { entryCount, NO_ENTRIES, packEntries } from '../../../common/entries/packed.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { parseSelector } from '../../../common/text/selector.ts';
import type { StoreEvent } from '../../store/port/revisions.ts';
import { RecentChanges } from './recent-changes.ts';

it('has every row since a revision, as long as none of them is forgotten', () => {
  let tell: (event: StoreEvent) => void = () => {};
  const store = {
    head: 5n,
    follow: (listener: typeof tell) => {
      tell = listener;
      return () => {};
    },
  };
  const recent = new RecentChanges(store, 3);
  const change = (revision: bigint, count: number, selector = 'all') => {
    const prefixes = Array.from({ length: count }, (_, i) => parsePrefix(`192.0.2.${i}`));
    const sets = packEntries<'unix'>(prefixes.map((prefix) => ({ prefix, action: 'block', ttlMs: 9 })));
    const layer = { id: `claims ${selector}`, selector: parseSelector(selector) };
    tell({ revision, layers: [{ layer, sets, deletes: NO_ENTRIES }], hosts: [], records: [] });
  };
  const rows = (since: bigint) => recent.since(since)?.reduce((sum, keys) => sum + entryCount(keys), 0);
  change(6n, 2);
  change(7n, 9, 'host:a');
  change(8n, 1);
  expect([4n, 5n, 6n, 8n].map(rows)).toEqual([undefined, 3, 1, 0]);
  change(9n, 1);
  expect([5n, 6n, 8n].map(rows)).toEqual([undefined, 2, 1]);
  // More than is kept at all.
  change(10n, 4);
  expect([9n, 10n].map(rows)).toEqual([undefined, 0]);
});
