// The lists that are imported while controllers die: what their rows are follows from the number of their version alone.
import { EntryTable } from '../../../common/entries/entry-table.ts';
import { type PackedEntries, packEntries } from '../../../common/entries/packed.ts';
import { withoutTimes } from '../../../common/entries/times.ts';
import type { Prefix } from '../../../common/text/prefix.ts';
import { addressRows } from '../rows.ts';

/**
 * Every seventh is large enough for the way that imports take through the views, and every forty-ninth for being in the log of the store
 * in part before it is committed.
 */
export function rowsOf(version: number): PackedEntries<'left'>[] {
  return addressRows(version % 49 === 0 ? 70_000 : version % 7 === 0 ? 9000 : 20, version * 3);
}

export function digestOf(rows: Iterable<PackedEntries>): string {
  const table = new EntryTable<'boot'>();
  for (const each of rows)
    table.addAll(withoutTimes({ v4: { ...each.v4, flags: new Uint8Array(each.v4.count) }, v6: each.v6 }));
  return Buffer.from(table.digest()).toString('hex');
}

export function digestOfPrefixes(prefixes: readonly Prefix[]): string {
  return digestOf([packEntries(prefixes.map((prefix) => ({ prefix, action: 'block', ttlMs: 0 })))]);
}
