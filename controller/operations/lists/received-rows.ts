// The rows of an import as they come: bounded at every message, and those that the guard refuses counted, or left out when asked.

import {
  columnsOf,
  entryCount,
  FAMILIES,
  type FamilyColumns,
  type PackedEntries,
} from '../../../common/entries/packed.ts';
import { byFamily, pickRows } from '../../../common/entries/rows.ts';
import { type ErrorDetails, FleetblockError, refusedText } from '../../../common/errors.ts';
import { MAX_LIST_ROWS, TooManyRows } from '../../../common/lists/columns.ts';
import { formatPrefix } from '../../../common/text/prefix.ts';
import { type RefusedRow, WIDEST_LIST } from '../../claims/guard/guard.ts';

/** The command line sends 62 of them for the longest list. */
const MAX_MESSAGES = 10_000;
/** Refused rows that are reported one by one. */
export const MAX_TOLD = 20;

/** Holds all rows of one import. Rows that the guard refuses are never kept; `assertNoneRefused` makes them an error. */
export class ReceivedRows {
  readonly chunks: PackedEntries<'left'>[] = [];
  /** The first that were refused; `row` is the place in all that came, from 1. */
  readonly refused: RefusedRow[] = [];
  refusedCount = 0;
  readonly #refusals: (rows: PackedEntries) => readonly RefusedRow[];
  /** Of all addresses of the family, by the rows that are kept. */
  readonly #shares = { 4: 0, 6: 0 };
  #rows = 0;
  #messages = 0;

  constructor(refusals: (rows: PackedEntries) => readonly RefusedRow[]) {
    this.#refusals = refusals;
  }

  /** @throws FleetblockError INVALID_ARGUMENT: too many rows, or too few in each message */
  add(rows: PackedEntries<'left'>): void {
    const before = this.#rows;
    this.#rows += entryCount(rows);
    if (this.#rows > MAX_LIST_ROWS) throw new TooManyRows();
    if (++this.#messages > MAX_MESSAGES)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `an import has at most ${MAX_MESSAGES} messages: put more rows in each`,
      );
    const refused = this.#refusals(rows);
    this.refusedCount += refused.length;
    for (const each of refused.slice(0, MAX_TOLD - this.refused.length))
      this.refused.push({ ...each, row: before + each.row + 1 });
    const chunk = kept(rows, refused);
    this.#shares[4] += shareOf(chunk.v4);
    this.#shares[6] += shareOf(chunk.v6);
    this.chunks.push(chunk);
  }

  /** @throws FleetblockError FAILED_PRECONDITION: together they are as wide as no list is that was read right */
  assertNotTooWide(list: string): void {
    for (const family of [4, 6] as const) {
      const most = 2 ** -WIDEST_LIST[family];
      if (this.#shares[family] <= most) continue;
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `refused: the rows of list ${list} are ${percent(this.#shares[family])} of all IPv${family} addresses, at most ${percent(most)} may be; an admin may override that for an import, with --force`,
      );
    }
  }

  /** @throws FleetblockError FAILED_PRECONDITION: the guard refuses some of them */
  assertNoneRefused(): void {
    if (this.refusedCount === 0) return;
    const details: ErrorDetails = {
      refused: this.refused.map(({ row, prefix, refusal }) => ({ row, prefix: formatPrefix(prefix), text: refusal })),
      refusedCount: this.refusedCount,
      advice: '--skip-refused leaves out what the guard refuses, an admin may override it with --force',
    };
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      refusedText(details, (row) => `row ${row}`),
      { details },
    );
  }
}

/** Of all addresses of their family. Rows that overlap count each by itself. */
export function shareOf({ lengths, count }: FamilyColumns): number {
  const counts = new Uint32Array(129);
  for (let row = 0; row < count; row++) {
    const length = lengths[row] ?? 0;
    counts[length] = (counts[length] ?? 0) + 1;
  }
  return counts.reduce((share, rows, length) => share + rows * 2 ** -length, 0);
}

/** The same of each family; rows that cover each other count twice. */
export function sharesOf(slices: readonly PackedEntries[]): Record<4 | 6, number> {
  const shares = { 4: 0, 6: 0 };
  for (const slice of slices) for (const family of FAMILIES) shares[family] += shareOf(columnsOf(slice, family));
  return shares;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** Without the refused rows; in memory of its own when a message holds much more than its rows. */
function kept(rows: PackedEntries<'left'>, refused: readonly RefusedRow[]): PackedEntries<'left'> {
  const out = new Set(refused.map(({ row }) => row));
  return byFamily((family) => {
    const columns = columnsOf(rows, family);
    const { count, addresses } = columns;
    if (out.size === 0 && addresses.byteLength * 4 >= addresses.buffer.byteLength) return columns;
    const before = family === 4 ? 0 : rows.v4.count;
    const places = Array.from({ length: count }, (_, row) => row).filter((row) => !out.has(before + row));
    return pickRows(columns, family, places);
  });
}
