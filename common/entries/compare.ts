// Rows of tables as columns: those that are asked for, and those in which two tables differ.

import type { EntryTable } from './entry-table.ts';
import type { FamilyTable } from './family-table.ts';
import { addressBytes, type ClockBase, FAMILIES, type FamilyColumns, NO_ROWS, type PackedEntries } from './packed.ts';
import { byFamily, joinColumns, makeColumns } from './rows.ts';
import { atOnce, STEP_ROWS } from './steps.ts';
import { expiryDiffers } from './times.ts';

/** The rows at these places of a table. */
export function packRows<Base extends ClockBase>(
  table: FamilyTable<Base>,
  places: ArrayLike<number>,
): FamilyColumns<Base> {
  if (places.length === 0) return NO_ROWS;
  const width = addressBytes(table.family);
  const columns = makeColumns(table.family, places.length, false);
  let timesMs: Float64Array | undefined;
  for (let i = 0; i < places.length; i++) {
    const row = places[i] ?? 0;
    table.readAddress(row, columns.addresses, i * width);
    columns.lengths[i] = table.lengthOf(row);
    columns.flags[i] = table.flagsOf(row);
    const expiry = table.expiryOf(row);
    if (expiry > 0) timesMs ??= new Float64Array(places.length);
    if (timesMs) timesMs[i] = expiry;
  }
  return timesMs ? { ...columns, timesMs } : columns;
}

/** The rows of a table for which `wanted` holds, in parts. The table may not change meanwhile. */
export function* pickParts<Base extends ClockBase>(
  table: FamilyTable<Base>,
  wanted: (row: number) => boolean,
): Generator<void, FamilyColumns<Base>[]> {
  const parts: FamilyColumns<Base>[] = [];
  const places = new Uint32Array(Math.min(STEP_ROWS, table.size));
  for (let start = 0; start < table.size; start += STEP_ROWS) {
    if (start > 0) yield;
    const end = Math.min(table.size, start + STEP_ROWS);
    let count = 0;
    for (let row = start; row < end; row++) if (wanted(row)) places[count++] = row;
    if (count > 0) parts.push(packRows(table, places.subarray(0, count)));
  }
  return parts;
}

/** The same of both families as one. */
export function* pickEntries<Base extends ClockBase>(
  table: EntryTable<Base>,
  wanted: (rows: FamilyTable<Base>, row: number) => boolean,
): Generator<void, PackedEntries<Base>> {
  const parts = new Map<number, FamilyColumns<Base>[]>();
  for (const family of FAMILIES) {
    const rows = table.family(family);
    parts.set(family, yield* pickParts(rows, (row) => wanted(rows, row)));
  }
  return byFamily((family) => joinColumns(family, parts.get(family) ?? []));
}

/** What turns one table into another: `adds` also has the rows whose flags or end differ. */
export interface Difference<Base extends ClockBase> {
  readonly adds: PackedEntries<Base>;
  /** Keys: what their times are does not matter. */
  readonly removes: PackedEntries;
}

/**
 * What must be added to and removed from `from` to make it equal `to`; ends within a second of each other count as equal.
 * Neither table may change meanwhile.
 */
export function* diffInSteps<Base extends ClockBase>(
  from: EntryTable<Base>,
  to: EntryTable<Base>,
): Generator<void, Difference<Base>> {
  const adds = yield* pickEntries(to, (theirs, row) => {
    const mine = from.family(theirs.family);
    const found = mine.rowLike(theirs, row);
    return (
      found < 0 ||
      mine.flagsOf(found) !== theirs.flagsOf(row) ||
      expiryDiffers(mine.expiryOf(found), theirs.expiryOf(row))
    );
  });
  const removes = yield* pickEntries(from, (mine, row) => to.family(mine.family).rowLike(mine, row) < 0);
  return { adds, removes };
}

/** The same at once: for few rows. */
export function diffTables<Base extends ClockBase>(from: EntryTable<Base>, to: EntryTable<Base>): Difference<Base> {
  return atOnce(diffInSteps(from, to));
}
