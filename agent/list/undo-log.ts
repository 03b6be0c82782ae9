// What some rows of a table were before a change.
import { packRows } from '../../common/entries/compare.ts';
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { columnsOf, entryCount, type PackedEntries } from '../../common/entries/packed.ts';
import { byFamily } from '../../common/entries/rows.ts';
import { inSlices } from '../../common/entries/steps.ts';

/** Remembers rows, so that the change can be taken back without a copy of the table. */
export class UndoLog {
  readonly #table: EntryTable<'boot'>;
  /** Columns, because nothing is looked up in them. */
  readonly #before: PackedEntries<'boot'>[] = [];
  readonly #touched: PackedEntries[] = [];

  constructor(table: EntryTable<'boot'>) {
    this.#table = table;
  }

  /** Call it before the rows of these (prefix, allow) are changed. */
  remember(entries: PackedEntries): void {
    this.#touched.push(entries);
    if (this.#table.size === 0) return;
    const before = byFamily((family) => {
      const table = this.#table.family(family);
      const columns = columnsOf(entries, family);
      // Nearly always there are none: no typed array, whose memory would cost more than the look-up.
      const rows: number[] = [];
      for (let row = 0; row < columns.count; row++) {
        const found = table.find(columns, row);
        if (found >= 0) rows.push(found);
      }
      return packRows(table, rows);
    });
    if (entryCount(before) > 0) this.#before.push(before);
  }

  /** Takes the change back. Nothing else may use the table until it is done. */
  async run(): Promise<void> {
    for (const entries of this.#touched) await inSlices(entries, (slice) => this.#table.removeAll(slice));
    for (const entries of this.#before) await inSlices(entries, (slice) => this.#table.addAll(slice));
  }
}
