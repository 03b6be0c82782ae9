// Work on rows of packed columns: walking, slicing, joining, selecting. What is returned shares memory with what was given where it says so.

import type { Family } from '../text/prefix.ts';
import {
  addressBytes,
  columnsOf,
  entryCount,
  FAMILIES,
  type FamilyColumns,
  FLAG_ALLOW,
  NO_ENTRIES,
  NO_ROWS,
  type PackedEntries,
  type TimeBase,
} from './packed.ts';

/** Points at one row of packed columns: a prefix and whether it is an allow entry. */
export interface KeyAt {
  readonly family: Family;
  readonly address: Uint8Array;
  readonly offset: number;
  readonly length: number;
  readonly allow: boolean;
}

/** Of a row that is a key and nothing more: what it does is not asked. */
export function keyFlags({ allow }: KeyAt): number {
  return allow ? FLAG_ALLOW : 0;
}

/** Walks the rows as keys, which point into the columns. */
export function* keysOf(entries: PackedEntries): Generator<KeyAt> {
  for (const family of FAMILIES) {
    const { count, addresses, lengths, flags } = columnsOf(entries, family);
    const width = addressBytes(family);
    for (let row = 0; row < count; row++)
      yield {
        family,
        address: addresses,
        offset: row * width,
        length: lengths[row] ?? 0,
        allow: ((flags[row] ?? 0) & FLAG_ALLOW) !== 0,
      };
  }
}

/** The same without an object per row. */
export function forEachRow<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  work: (family: Family, columns: FamilyColumns<Base>, row: number) => void,
): void {
  for (const family of FAMILIES) {
    const columns = columnsOf(entries, family);
    for (let row = 0; row < columns.count; row++) work(family, columns, row);
  }
}

/** `make` of both families. */
export function byFamily<Base extends TimeBase>(make: (family: Family) => FamilyColumns<Base>): PackedEntries<Base> {
  return { v4: make(4), v6: make(6) };
}

/** Rows `start` to `end` - 1, as far as there are any; they share the columns' memory. */
export function sliceColumns<Base extends TimeBase>(
  columns: FamilyColumns<Base>,
  family: Family,
  start: number,
  end: number,
): FamilyColumns<Base> {
  const width = addressBytes(family);
  const [from, to] = [Math.min(columns.count, start), Math.min(columns.count, end)];
  return {
    count: to - from,
    addresses: columns.addresses.subarray(from * width, to * width),
    lengths: columns.lengths.subarray(from, to),
    flags: columns.flags.subarray(from, to),
    timesMs: columns.timesMs.subarray(from, to),
  };
}

/** The same of both families. */
export function sliceEntries<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  start: number,
  end: number,
): PackedEntries<Base> {
  return byFamily((family) => sliceColumns(columnsOf(entries, family), family, start, end));
}

/** Columns to fill. */
export function makeColumns(family: Family, count: number, ending: boolean) {
  return {
    count,
    addresses: new Uint8Array(count * addressBytes(family)),
    lengths: new Uint8Array(count),
    flags: new Uint8Array(count),
    timesMs: new Float64Array(ending ? count : 0),
  };
}

/** All rows one after the other; the only part that has rows, as it is. */
export function joinColumns<Base extends TimeBase>(
  family: Family,
  parts: readonly FamilyColumns<Base>[],
): FamilyColumns<Base> {
  const filled = parts.filter(({ count }) => count > 0);
  const [first = NO_ROWS] = filled;
  if (filled.length <= 1) return first;
  const count = filled.reduce((sum, part) => sum + part.count, 0);
  const whole = makeColumns(
    family,
    count,
    filled.some(({ timesMs }) => timesMs.length > 0),
  );
  let at = 0;
  for (const { addresses, lengths, flags, timesMs, ...part } of filled) {
    whole.addresses.set(addresses, at * addressBytes(family));
    whole.lengths.set(lengths, at);
    whole.flags.set(flags, at);
    whole.timesMs.set(timesMs, timesMs.length > 0 ? at : 0);
    at += part.count;
  }
  return whole;
}

/** The same of both families. */
export function joinEntries<Base extends TimeBase>(parts: readonly PackedEntries<Base>[]): PackedEntries<Base> {
  const [first = NO_ENTRIES] = parts;
  if (parts.length <= 1) return first;
  return byFamily((family) =>
    joinColumns(
      family,
      parts.map((part) => columnsOf(part, family)),
    ),
  );
}

/** The rows at these places, in memory of their own. */
export function pickRows<Base extends TimeBase>(
  columns: FamilyColumns<Base>,
  family: Family,
  places: ArrayLike<number>,
): FamilyColumns<Base> {
  const width = addressBytes(family);
  const picked = makeColumns(family, places.length, columns.timesMs.length > 0);
  const { addresses, lengths, flags, timesMs } = picked;
  for (let to = 0; to < places.length; to++) {
    const row = places[to] ?? 0;
    for (let byte = 0; byte < width; byte++) addresses[to * width + byte] = columns.addresses[row * width + byte] ?? 0;
    lengths[to] = columns.lengths[row] ?? 0;
    flags[to] = columns.flags[row] ?? 0;
  }
  for (let to = 0; to < timesMs.length; to++) timesMs[to] = columns.timesMs[places[to] ?? 0] ?? 0;
  return picked;
}

/** The rows for which `keep` holds, in memory of their own; `columns` itself when it holds for all. */
export function filterColumns<Base extends TimeBase>(
  columns: FamilyColumns<Base>,
  family: Family,
  keep: (columns: FamilyColumns<Base>, row: number) => boolean,
): FamilyColumns<Base> {
  // Nearly always all of them stay.
  let count = 0;
  while (count < columns.count && keep(columns, count)) count++;
  if (count === columns.count) return columns;
  const rows = new Uint32Array(columns.count);
  for (let row = 0; row < count; row++) rows[row] = row;
  for (let row = count + 1; row < columns.count; row++) if (keep(columns, row)) rows[count++] = row;
  return pickRows(columns, family, rows.subarray(0, count));
}

/** The same of both families. */
export function filterRows<Base extends TimeBase>(
  entries: PackedEntries<Base>,
  keep: (family: Family, columns: FamilyColumns<Base>, row: number) => boolean,
): PackedEntries<Base> {
  if (entryCount(entries) === 0) return entries;
  const kept = byFamily((family) =>
    filterColumns<Base>(columnsOf(entries, family), family, (columns, row) => keep(family, columns, row)),
  );
  return kept.v4 === entries.v4 && kept.v6 === entries.v6 ? entries : kept;
}
