// Cuts packed columns into pieces that each fit one message.

import { addressBytes, type FamilyColumns, NO_ENTRIES, type PackedEntries, type TimeBase } from '../entries/packed.ts';
import { sliceColumns } from '../entries/rows.ts';
import type { Family } from '../text/prefix.ts';

/** Rows of columns take at most this much of a message, so that no message is over 256 KiB. */
export const MAX_COLUMN_BYTES = 248 * 1024;

/** No rows: no pieces. */
export function* cutColumns<Base extends TimeBase>(entries: PackedEntries<Base>): Generator<PackedEntries<Base>> {
  for (const v4 of cutFamily(entries.v4, 4)) yield { ...NO_ENTRIES, v4 };
  for (const v6 of cutFamily(entries.v6, 6)) yield { ...NO_ENTRIES, v6 };
}

function* cutFamily<Base extends TimeBase>(
  columns: FamilyColumns<Base>,
  family: Family,
): Generator<FamilyColumns<Base>> {
  const rowBytes = addressBytes(family) + 2 + (columns.timesMs.length > 0 ? 8 : 0);
  const most = Math.floor(MAX_COLUMN_BYTES / rowBytes);
  for (let start = 0; start < columns.count; start += most) yield sliceColumns(columns, family, start, start + most);
}
