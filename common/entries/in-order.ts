// The difference of two versions of one list, whose rows mostly stand in the same order: found without a table of either.
import { type Difference, diffTables } from './compare.ts';
import { EntryTable } from './entry-table.ts';
import type { FamilyTable } from './family-table.ts';
import {
  addressBytes,
  type ClockBase,
  columnsOf,
  entryCount,
  FAMILIES,
  type FamilyColumns,
  type PackedEntries,
} from './packed.ts';
import { byFamily, pickRows } from './rows.ts';
import { expiryDiffers } from './times.ts';

/** How far ahead the like of a row is looked for. */
const AHEAD = 32;
/** With a larger share of rows without their like, tables are quicker. */
const LOOSE_SHARE = 1 / 4;

/** Places of rows without their like in the other version, ascending. */
interface Loose {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * As diffTables of both.
 * @param from has each prefix once
 * @returns undefined: `to` may have a prefix twice, or the order is another one; tables are needed
 */
export function diffInOrder<Base extends ClockBase>(
  from: PackedEntries<Base>,
  to: PackedEntries<Base>,
): Difference<Base> | undefined {
  const v4 = looseRows(from.v4, to.v4, 4);
  const v6 = v4 && looseRows(from.v6, to.v6, 6);
  if (!v6) return undefined;
  const found = { 4: v4, 6: v6 };
  const before = new EntryTable<Base>();
  const after = new EntryTable<Base>();
  const came = byFamily<Base>((family) => pickRows(columnsOf(to, family), family, found[family].to));
  before.addAll(byFamily<Base>((family) => pickRows(columnsOf(from, family), family, found[family].from)));
  after.addAll(came);
  if (after.size < entryCount(came)) return undefined;
  for (const family of FAMILIES)
    if (saysAgain(columnsOf(to, family), found[family].to, after.family(family))) return undefined;
  return diffTables(before, after);
}

/** By the last 16 bits of addresses: where a row is that is looked for. */
const marks = new Uint8Array(65_536);

/** Whether a row that is not at one of these places has the prefix of one that is: `rows` has those. */
function saysAgain(columns: FamilyColumns, places: readonly number[], rows: FamilyTable): boolean {
  const { addresses, count } = columns;
  const width = addressBytes(rows.family);
  const markOf = (row: number) => {
    const end = (row + 1) * width;
    return ((addresses[end - 2] ?? 0) << 8) | (addresses[end - 1] ?? 0);
  };
  for (const row of places) marks[markOf(row)] = 1;
  let next = 0;
  let again = false;
  for (let row = 0; row < count && !again; row++)
    if (places[next] === row) next++;
    else again = marks[markOf(row)] === 1 && rows.find(columns, row) >= 0;
  for (const row of places) marks[markOf(row)] = 0;
  return again;
}

function looseRows(from: FamilyColumns, to: FamilyColumns, family: 4 | 6): Loose | undefined {
  const most = Math.max(from.count, to.count) * LOOSE_SHARE;
  const loose = { from: [] as number[], to: [] as number[] };
  const alike = likeness(from, to, addressBytes(family));
  let [i, j] = [0, 0];
  while (i < from.count && j < to.count) {
    if (!alike(i, j)) {
      const [skipFrom, skipTo] = nextAlike(alike, i, j);
      for (let k = 0; k < skipFrom; k++) loose.from.push(i++);
      for (let k = 0; k < skipTo; k++) loose.to.push(j++);
      if (loose.from.length + loose.to.length > most) return undefined;
    } else {
      i++;
      j++;
    }
  }
  while (i < from.count) loose.from.push(i++);
  while (j < to.count) loose.to.push(j++);
  return loose;
}

/** How many rows of each to leave behind until both have the same row; beyond what is looked at, one of each. */
function nextAlike(alike: (i: number, j: number) => boolean, i: number, j: number): [number, number] {
  for (let ahead = 1; ahead <= AHEAD; ahead++) {
    if (alike(i + ahead, j + ahead)) return [ahead, ahead];
    if (alike(i + ahead, j)) return [ahead, 0];
    if (alike(i, j + ahead)) return [0, ahead];
  }
  return [1, 1];
}

/** False for rows beyond the end. */
function likeness(from: FamilyColumns, to: FamilyColumns, width: number): (i: number, j: number) => boolean {
  return (i, j) => {
    if (i >= from.count || j >= to.count) return false;
    for (let a = i * width, b = j * width, end = a + width; a < end; a++, b++)
      if (from.addresses[a] !== to.addresses[b]) return false;
    return (
      from.lengths[i] === to.lengths[j] &&
      from.flags[i] === to.flags[j] &&
      !expiryDiffers(from.timesMs[i] ?? 0, to.timesMs[j] ?? 0)
    );
  };
}
