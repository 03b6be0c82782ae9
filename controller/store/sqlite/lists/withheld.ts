// Rows of a list that meet an exception, and what is left of them.
import { EntryTable } from '../../../../common/entries/entry-table.ts';
import {
  addressBytes,
  columnsOf,
  FAMILIES,
  type FamilyColumns,
  FLAG_ALLOW,
  NO_ENTRIES,
  type PackedEntries,
} from '../../../../common/entries/packed.ts';
import { pickRows } from '../../../../common/entries/rows.ts';
import { laterEnd } from '../../../../common/precedence.ts';
import type { Family } from '../../../../common/text/prefix.ts';
import type { ExceptionSet, FamilyExceptions } from './exception-set.ts';

/** Rows by bucket. */
export interface Parts {
  bucket(index: number): PackedEntries<'unix'>;
}

/** Of a list that withholds nothing, or of whose withheld rows nothing is left. */
export const NO_PARTS: Parts = { bucket: () => NO_ENTRIES };

/** Rows that meet no exception, and those that do. */
export function parted(rows: PackedEntries<'unix'>, exceptions: ExceptionSet) {
  const v4 = partedColumns(rows.v4, 4, exceptions.family(4));
  const v6 = partedColumns(rows.v6, 6, exceptions.family(6));
  return { free: { v4: v4.free, v6: v6.free }, met: { v4: v4.met, v6: v6.met } };
}

function partedColumns(columns: FamilyColumns<'unix'>, family: Family, exceptions: FamilyExceptions) {
  const width = addressBytes(family);
  const met: number[] = [];
  for (let row = 0; row < columns.count; row++)
    if (exceptions.meets(columns.addresses, row * width, columns.lengths[row] ?? 0)) met.push(row);
  if (met.length === 0) return { free: columns, met: NO_ENTRIES.v4 };
  const out = new Set(met);
  const free: number[] = [];
  for (let row = 0; row < columns.count; row++) if (!out.has(row)) free.push(row);
  return { free: pickRows(columns, family, free), met: pickRows(columns, family, met) };
}

/** What is left of rows without the exceptions; where two leave the same prefix, until the later end. */
export function remainders(rows: PackedEntries<'unix'>, exceptions: ExceptionSet): PackedEntries<'unix'> {
  if (rows.v4.count + rows.v6.count === 0) return NO_ENTRIES;
  const left = new EntryTable<'unix'>();
  for (const family of FAMILIES) {
    const columns = columnsOf(rows, family);
    const width = addressBytes(family);
    const own = exceptions.family(family);
    for (let row = 0; row < columns.count; row++) {
      const length = columns.lengths[row] ?? 0;
      if (own.cover(columns.addresses, row * width, length)) continue;
      const address = columns.addresses.slice(row * width, (row + 1) * width);
      for (const rest of own.rest({ family, address, length }))
        setLater(left, family, rest.address, 0, rest.length, columns.flags[row] ?? 0, columns.timesMs[row] ?? 0);
    }
  }
  return left.pack();
}

/** All rows; where several have one prefix, until the later end. */
export function joined(parts: readonly PackedEntries<'unix'>[]): EntryTable<'unix'> {
  const table = new EntryTable<'unix'>();
  for (const part of parts)
    for (const family of FAMILIES) {
      const { count, addresses, lengths, flags, timesMs } = columnsOf(part, family);
      const width = addressBytes(family);
      for (let row = 0; row < count; row++)
        setLater(table, family, addresses, row * width, lengths[row] ?? 0, flags[row] ?? 0, timesMs[row] ?? 0);
    }
  return table;
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
