// Entries from text, for tests.

import type { EntryChange } from '../../agent/datapath/datapath.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { NO_ENTRIES, type PackedEntries, packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';

export function entries(...prefixes: readonly string[]): PackedEntries<'left'> {
  return packEntries(prefixes.map((text) => ({ prefix: parsePrefix(text), action: 'block', ttlMs: 0 })));
}

export function tableOf(...prefixes: readonly string[]): EntryTable<'boot'> {
  const table = new EntryTable<'boot'>();
  table.addLeft(entries(...prefixes), 0);
  return table;
}

export function adding(...prefixes: readonly string[]): EntryChange {
  return { adds: entries(...prefixes), removes: NO_ENTRIES };
}
