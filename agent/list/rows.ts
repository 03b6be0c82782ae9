// Work on single rows of packed columns and tables: lookups, copies, selections, and taking a change back.
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { expiryDiffers, packRows } from '../../common/entries/family-rows.ts';
import type { FamilyTable } from '../../common/entries/family-table.ts';
import {
  addressBytes,
  type FamilyColumns,
  FLAG_ALLOW,
  NO_ENTRIES,
  type PackedEntries,
} from '../../common/entries/packed.ts';
import type { Family } from '../../common/text/prefix.ts';

export const FAMILIES: readonly Family[] = [4, 6];

export function columnsOf(entries: PackedEntries, family: Family): FamilyColumns {
  return family === 4 ? entries.v4 : entries.v6;
}

/** The row of `table` with the (prefix, allow) of a columns' row, or -1. */
export function find(table: EntryTable, family: Family, columns: FamilyColumns, row: number): number {
  const allow = ((columns.flags[row] ?? 0) & FLAG_ALLOW) !== 0;
  return table.family(family).rowOf(columns.addresses, row * addressBytes(family), columns.lengths[row] ?? 0, allow);
}

export function forEachRow(
  entries: PackedEntries,
  work: (family: Family, columns: FamilyColumns, row: number) => void,
): void {
  for (const family of FAMILIES) {
    const columns = columnsOf(entries, family);
    for (let row = 0; row < columns.count; row++) work(family, columns, row);
  }
}

const scratch = new Uint8Array(16);
const NO_ROWS = NO_ENTRIES.v4;

/** Adds row `row` of `from` to `to`, or replaces the one there. Expiries are taken over as they are. */
export function copyRow(from: FamilyTable, row: number, to: FamilyTable): void {
  from.readAddress(row, scratch, 0);
  to.set(scratch, 0, from.lengthOf(row), from.flagsOf(row), from.expiryOf(row));
}

/** The rows for which `keep` holds; `entries` itself when it holds for all. */
export function filterRows(
  entries: PackedEntries,
  keep: (family: Family, columns: FamilyColumns, row: number) => boolean,
): PackedEntries {
  const [v4, v6] = FAMILIES.map((family) => filterColumns(family, columnsOf(entries, family), keep));
  return v4 && v6 && (v4 !== entries.v4 || v6 !== entries.v6) ? { v4, v6 } : entries;
}

function filterColumns(
  family: Family,
  columns: FamilyColumns,
  keep: (family: Family, columns: FamilyColumns, row: number) => boolean,
): FamilyColumns {
  if (columns.count === 0) return columns;
  // Nearly always all of them stay.
  let count = 0;
  while (count < columns.count && keep(family, columns, count)) count++;
  if (count === columns.count) return columns;
  const rows = new Uint32Array(columns.count);
  for (let row = 0; row < count; row++) rows[row] = row;
  for (let row = count + 1; row < columns.count; row++) if (keep(family, columns, row)) rows[count++] = row;
  const width = addressBytes(family);
  const ending = columns.ttlsMs.length > 0;
  const kept = {
    count,
    addresses: new Uint8Array(count * width),
    lengths: new Uint8Array(count),
    flags: new Uint8Array(count),
    ttlsMs: new Float64Array(ending ? count : 0),
  };
  for (let i = 0; i < count; i++) {
    const row = rows[i] ?? 0;
    for (let byte = 0; byte < width; byte++)
      kept.addresses[i * width + byte] = columns.addresses[row * width + byte] ?? 0;
    kept.lengths[i] = columns.lengths[row] ?? 0;
    kept.flags[i] = columns.flags[row] ?? 0;
    if (ending) kept.ttlsMs[i] = columns.ttlsMs[row] ?? 0;
  }
  return kept;
}

/** Rows per slice: some milliseconds of work, so that the event loop is never held for long. */
const SLICE_ROWS = 8192;

/** Lets timers and input run. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Parts of `entries`, sharing its memory, of at most SLICE_ROWS rows per family. */
export function* slicesOf(entries: PackedEntries): Generator<PackedEntries> {
  const rows = Math.max(entries.v4.count, entries.v6.count);
  if (rows <= SLICE_ROWS) yield entries;
  else
    for (let start = 0; start < rows; start += SLICE_ROWS)
      yield { v4: sliceColumns(4, entries.v4, start), v6: sliceColumns(6, entries.v6, start) };
}

/** Calls `work` with the slices of `entries` and lets the event loop run between two of them. @returns undefined: it is done already */
export function inSlices(entries: PackedEntries, work: (slice: PackedEntries) => void): Promise<void> | undefined {
  if (Math.max(entries.v4.count, entries.v6.count) > SLICE_ROWS) return sliceBySlice(entries, work);
  work(entries);
  return undefined;
}

async function sliceBySlice(entries: PackedEntries, work: (slice: PackedEntries) => void): Promise<void> {
  let first = true;
  for (const slice of slicesOf(entries)) {
    if (!first) await breathe();
    first = false;
    work(slice);
  }
}

/** As filterRows, but the event loop runs in between when there are many rows. @returns no promise when there are few */
export function filterInSlices(
  entries: PackedEntries,
  keep: (family: Family, columns: FamilyColumns, row: number) => boolean,
): Promise<PackedEntries> | PackedEntries {
  if (Math.max(entries.v4.count, entries.v6.count) <= SLICE_ROWS) return filterRows(entries, keep);
  return filterSliceBySlice(entries, keep);
}

async function filterSliceBySlice(
  entries: PackedEntries,
  keep: (family: Family, columns: FamilyColumns, row: number) => boolean,
): Promise<PackedEntries> {
  const kept: PackedEntries[] = [];
  let all = true;
  await inSlices(entries, (slice) => {
    const rows = filterRows(slice, keep);
    if (rows !== slice) all = false;
    kept.push(rows);
  });
  return all ? entries : concatEntries(kept);
}

function sliceColumns(family: Family, columns: FamilyColumns, start: number): FamilyColumns {
  return cutColumns(family, columns, Math.min(columns.count, start), Math.min(columns.count, start + SLICE_ROWS));
}

function cutColumns(family: Family, columns: FamilyColumns, from: number, end: number): FamilyColumns {
  const width = addressBytes(family);
  return {
    count: end - from,
    addresses: columns.addresses.subarray(from * width, end * width),
    lengths: columns.lengths.subarray(from, end),
    flags: columns.flags.subarray(from, end),
    ttlsMs: columns.ttlsMs.subarray(from, end),
  };
}

/** Several sets of rows as one; the set itself when there is one. */
export function concatEntries(parts: readonly PackedEntries[]): PackedEntries {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  return { v4: concatColumns(4, parts), v6: concatColumns(6, parts) };
}

function concatColumns(family: Family, parts: readonly PackedEntries[]): FamilyColumns {
  return concatFamily(
    family,
    parts.map((part) => columnsOf(part, family)),
  );
}

function concatFamily(family: Family, all: readonly FamilyColumns[]): FamilyColumns {
  const width = addressBytes(family);
  const count = all.reduce((sum, columns) => sum + columns.count, 0);
  const ending = all.some((columns) => columns.ttlsMs.length > 0);
  const whole = {
    count,
    addresses: new Uint8Array(count * width),
    lengths: new Uint8Array(count),
    flags: new Uint8Array(count),
    ttlsMs: new Float64Array(ending ? count : 0),
  };
  let at = 0;
  for (const columns of all) {
    whole.addresses.set(columns.addresses, at * width);
    whole.lengths.set(columns.lengths, at);
    whole.flags.set(columns.flags, at);
    if (columns.ttlsMs.length > 0) whole.ttlsMs.set(columns.ttlsMs, at);
    at += columns.count;
  }
  return whole;
}

/** As EntryTable.diff, but the event loop runs in between: neither table may change meanwhile. */
export async function diffInSlices(
  from: EntryTable,
  to: EntryTable,
  nowMs: number,
): Promise<{ adds: PackedEntries; removes: PackedEntries }> {
  const adds: FamilyColumns[] = [];
  const removes: FamilyColumns[] = [];
  for (const family of FAMILIES) {
    const [mine, theirs] = [from.family(family), to.family(family)];
    adds.push(
      await pickRows(family, theirs, nowMs, (row) => {
        const found = mine.rowLike(theirs, row);
        return (
          found < 0 ||
          mine.flagsOf(found) !== theirs.flagsOf(row) ||
          expiryDiffers(mine.expiryOf(found), theirs.expiryOf(row))
        );
      }),
    );
    removes.push(await pickRows(family, mine, nowMs, (row) => theirs.rowLike(mine, row) < 0));
  }
  return { adds: byFamily(adds), removes: byFamily(removes) };
}

/** The rows that are wanted; the event loop runs in between: the table may not change meanwhile. */
export async function pickRows(
  family: Family,
  table: FamilyTable,
  nowMs: number,
  wanted: (row: number) => boolean,
): Promise<FamilyColumns> {
  return concatFamily(family, await pickParts(table, nowMs, wanted));
}

/** The same in parts. */
export async function pickParts(
  table: FamilyTable,
  nowMs: number,
  wanted: (row: number) => boolean,
): Promise<FamilyColumns[]> {
  const parts: FamilyColumns[] = [];
  const rows = new Uint32Array(SLICE_ROWS);
  for (let start = 0; start < table.size; start += SLICE_ROWS) {
    if (start > 0) await breathe();
    const end = Math.min(table.size, start + SLICE_ROWS);
    let count = 0;
    for (let row = start; row < end; row++) if (wanted(row)) rows[count++] = row;
    if (count > 0) parts.push(packRows(table, count, (i) => rows[i] ?? 0, nowMs));
  }
  return parts;
}

/** Calls `work` with the rows 0 to `size` - 1 and lets the event loop run now and then. */
export async function eachRow(size: number, work: (row: number) => void): Promise<void> {
  for (let start = 0; start < size; start += SLICE_ROWS) {
    if (start > 0) await breathe();
    const end = Math.min(size, start + SLICE_ROWS);
    for (let row = start; row < end; row++) work(row);
  }
}

function byFamily(columns: readonly FamilyColumns[]): PackedEntries {
  return { v4: columns[0] ?? NO_ENTRIES.v4, v6: columns[1] ?? NO_ENTRIES.v6 };
}

/** What some rows of a table were before a change, so that the change can be taken back without a copy of the table. */
export class UndoLog {
  readonly #table: EntryTable;
  /** Ends in place of remaining times. Columns, because nothing is looked up in them. */
  readonly #before: PackedEntries[] = [];
  readonly #touched: PackedEntries[] = [];

  constructor(table: EntryTable) {
    this.#table = table;
  }

  /** Call it before the rows of these (prefix, allow) are changed. */
  remember(entries: PackedEntries): void {
    this.#touched.push(entries);
    if (this.#table.size === 0) return;
    const [v4, v6] = FAMILIES.map((family) => {
      const columns = columnsOf(entries, family);
      const rows: number[] = [];
      for (let row = 0; row < columns.count; row++) {
        const found = find(this.#table, family, columns, row);
        if (found >= 0) rows.push(found);
      }
      return rows.length === 0 ? NO_ROWS : packRows(this.#table.family(family), rows.length, (i) => rows[i] ?? 0, 0);
    });
    if (v4 && v6 && v4.count + v6.count > 0) this.#before.push({ v4, v6 });
  }

  async run(): Promise<void> {
    for (const entries of this.#touched) await inSlices(entries, (slice) => this.#table.removeAll(slice));
    for (const entries of this.#before) await inSlices(entries, (slice) => this.#table.addAll(slice, 0));
  }
}
