// Rows of a list that meet an exception, what is left of them, and what hosts hold of both.
import { EntryTable } from '../../../common/entries/entry-table.ts';
import {
  addressBytes,
  entryCount,
  type FamilyColumns,
  FLAG_ALLOW,
  NO_ENTRIES,
  type PackedEntries,
} from '../../../common/entries/packed.ts';
import { filterColumns, forEachRow, pickRows } from '../../../common/entries/rows.ts';
import { slicesOf } from '../../../common/entries/steps.ts';
import { laterEnd } from '../../../common/precedence.ts';
import type { Family } from '../../../common/text/prefix.ts';
import type { Steps } from '../steps.ts';
import { type ByBucket, byBucket } from './buckets.ts';
import type { ExceptionSet, FamilyExceptions } from './exception-set.ts';

/** Rows that meet no exception, and those that do. */
export function parted(rows: PackedEntries<'unix'>, exceptions: ExceptionSet) {
  const v4 = partedColumns(rows.v4, 4, exceptions.family(4));
  const v6 = partedColumns(rows.v6, 6, exceptions.family(6));
  return { free: { v4: v4.free, v6: v6.free }, met: { v4: v4.met, v6: v6.met } };
}

function partedColumns(columns: FamilyColumns<'unix'>, family: Family, exceptions: FamilyExceptions) {
  const width = addressBytes(family);
  const met: number[] = [];
  const free = filterColumns(columns, family, ({ addresses, lengths }, row) => {
    if (!exceptions.meets(addresses, row * width, lengths[row] ?? 0)) return true;
    met.push(row);
    return false;
  });
  return { free, met: pickRows(columns, family, met) };
}

/** What hosts hold of withheld rows, by bucket. */
export function* partsOf(withheld: PackedEntries<'unix'>, exceptions: ExceptionSet, buckets: number): Steps<ByBucket> {
  if (entryCount(withheld) === 0) return () => NO_ENTRIES;
  const left = new EntryTable<'unix'>();
  for (const slice of slicesOf(withheld)) {
    addRemainders(left, slice, exceptions);
    yield;
  }
  return yield* byBucket([...slicesOf(left.pack())], buckets);
}

/** All rows; of those with one prefix the last holds. */
export function* merged(parts: readonly PackedEntries<'unix'>[]): Steps<PackedEntries<'unix'>> {
  const table = new EntryTable<'unix'>();
  for (const rows of parts) {
    table.addAll(rows);
    yield;
  }
  return table.pack();
}

/** As a table; of rows with one prefix the last holds. */
export function tableOf(...parts: readonly PackedEntries<'unix'>[]): EntryTable<'unix'> {
  const table = new EntryTable<'unix'>();
  for (const rows of parts) {
    table.reserve(rows.v4.count, rows.v6.count);
    table.addAll(rows);
  }
  return table;
}

/** What hosts hold of a bucket: what it has of the file, and what is left of withheld rows; of one prefix until the later end. */
export function held(rows: PackedEntries<'unix'>, parts: PackedEntries<'unix'>): EntryTable<'unix'> {
  const table = tableOf(rows);
  forEachRow(parts, (family, { addresses, lengths, flags, timesMs }, row) => {
    const offset = row * addressBytes(family);
    setLater(table, family, addresses, offset, lengths[row] ?? 0, flags[row] ?? 0, timesMs[row] ?? 0);
  });
  return table;
}

/** Adds what is left of rows without the exceptions; where two leave the same prefix, until the later end. */
function addRemainders(left: EntryTable<'unix'>, rows: PackedEntries<'unix'>, exceptions: ExceptionSet): void {
  forEachRow(rows, (family, { addresses, lengths, flags, timesMs }, row) => {
    const width = addressBytes(family);
    const length = lengths[row] ?? 0;
    const own = exceptions.family(family);
    if (own.cover(addresses, row * width, length)) return;
    const address = addresses.slice(row * width, (row + 1) * width);
    for (const rest of own.rest({ family, address, length }))
      setLater(left, family, rest.address, 0, rest.length, flags[row] ?? 0, timesMs[row] ?? 0);
  });
}

function setLater(
  table: EntryTable<'unix'>,
  family: Family,
  addresses: Uint8Array,
  offset: number,
  length: number,
  flags: number,
  endMs: number,
): void {
  const rows = table.family(family);
  const row = rows.rowOf(addresses, offset, length, (flags & FLAG_ALLOW) !== 0);
  rows.set(addresses, offset, length, flags, row < 0 ? endMs : laterEnd(rows.expiryOf(row), endMs));
}
