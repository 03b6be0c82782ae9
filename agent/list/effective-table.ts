// The rows that the kernel should hold: the view that the controller sent, with this host's protected rows over it and
// without what has expired. One big table serves both: what the view says of the few rows that differ is kept beside.
import { EntryTable } from '../../common/entries/entry-table.ts';
import type { FamilyTable } from '../../common/entries/family-table.ts';
import { type FamilyColumns, FLAG_ALLOW, NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import type { Family, Prefix } from '../../common/text/prefix.ts';
import type { EntryChange } from '../datapath/datapath.ts';
import {
  breathe,
  concatEntries,
  copyRow,
  eachRow,
  FAMILIES,
  filterInSlices,
  filterRows,
  find,
  forEachRow,
  inSlices,
  pickParts,
  pickRows,
  UndoLog,
} from './rows.ts';

/** A change that the table shows already; `undo` takes it back when the kernel refused it. */
export interface StagedChange {
  /** What the kernel must do: less than what was asked for where a protected row covers it up. */
  readonly change: EntryChange;
  undo(): Promise<void>;
}

export interface EndedRows {
  readonly count: number;
  /** When the last of them ended, on the boot clock. */
  readonly lastMs: number;
  /** Some of them. */
  readonly prefixes: readonly Prefix[];
}

export class EffectiveTable {
  #table: EntryTable;
  #protected = new EntryTable();
  // Rows of the view that #table does not hold as the view has them: overridden by a protected row, or expired.
  #hidden = new EntryTable();

  /** Takes the table over as the view. */
  constructor(view = new EntryTable()) {
    this.#table = view;
  }

  /** What the kernel should hold. Read only: the methods change it. */
  get table(): EntryTable {
    return this.#table;
  }

  get protectedRows(): EntryTable {
    return this.#protected;
  }

  /** Rows of the view: without protected rows, with expired ones, which stay the controller's to remove. */
  get viewSize(): number {
    return this.#table.size - this.#protected.size + this.#hidden.size;
  }

  /** Digest of the view. Digests are sums, so it follows from those of the three tables. */
  viewDigest(): Uint8Array {
    if (this.#protected.size === 0 && this.#hidden.size === 0) return this.#table.digest();
    const digest = new Uint8Array(8);
    const out = new DataView(digest.buffer);
    const add = (table: EntryTable, sign: 1 | -1) => {
      const part = new DataView(table.digest().slice().buffer);
      for (const at of [0, 4]) out.setUint32(at, (out.getUint32(at) + sign * part.getUint32(at)) >>> 0);
    };
    add(this.#table, 1);
    add(this.#protected, -1);
    add(this.#hidden, 1);
    return digest;
  }

  /** Whether the view has that row of `columns`, or a protected row is in its place. */
  holds(family: Family, columns: FamilyColumns, row: number): boolean {
    return find(this.#table, family, columns, row) >= 0 || this.#isHidden(family, columns, row);
  }

  /**
   * The view's rows, in parts; remaining times counted from `nowMs`, at least 1 ms for what has an end.
   * Nothing else may change the table until it is done.
   */
  async packView(nowMs: number): Promise<PackedEntries[]> {
    const parts: PackedEntries[] = [];
    for (const family of FAMILIES) {
      const overrides = this.#protectedIn(family);
      const shown = await pickParts(this.#table.family(family), nowMs, (row) => !overrides.has(row));
      for (const rows of [...shown, ...(await pickParts(this.#hidden.family(family), nowMs, () => true))])
        parts.push(family === 4 ? { ...NO_ENTRIES, v4: rows } : { ...NO_ENTRIES, v6: rows });
    }
    return parts;
  }

  /** Changes the view. Remaining times count from `nowMs`. Nothing else may use the table until it is done. */
  async stage(adds: PackedEntries, removes: PackedEntries, nowMs: number): Promise<StagedChange> {
    const kernelAdds = await filterInSlices(adds, (...row) => !this.#isProtected(...row));
    const undo = await this.#remember([adds, removes], this.#hidden.size > 0 || kernelAdds !== adds);
    if (kernelAdds !== adds)
      this.#hidden.addAll(
        filterRows(adds, (...row) => this.#isProtected(...row)),
        nowMs,
      );
    if (this.#hidden.size > 0) this.#hidden.removeAll(kernelAdds);
    // What was hidden and is added is no longer hidden: it can be removed.
    const kernelRemoves = await filterInSlices(
      removes,
      (...row) => !this.#isProtected(...row) && !this.#isHidden(...row),
    );
    if (this.#hidden.size > 0) this.#hidden.removeAll(removes);
    if (!this.#table.hasRoom(kernelAdds.v4.count, kernelAdds.v6.count)) {
      const growing = this.#table.reserveInSteps(kernelAdds.v4.count, kernelAdds.v6.count);
      while (growing.next().done !== true) await breathe();
    }
    await inSlices(kernelAdds, (slice) => this.#table.addAll(slice, nowMs));
    await inSlices(kernelRemoves, (slice) => this.#table.removeAll(slice));
    return { change: { adds: kernelAdds, removes: kernelRemoves }, undo };
  }

  /** Makes these the protected rows: allow, without an end. */
  async protect(rows: PackedEntries, nowMs: number): Promise<StagedChange> {
    const wanted = new EntryTable();
    wanted.addAll(rows, nowMs);
    const { adds: fresh, removes: gone } = this.#protected.diff(wanted, nowMs);
    const before = this.#protected;
    const undo = await this.#remember([fresh, gone], true);
    // What the view says of a prefix that is protected no more shows again, unless it has ended meanwhile.
    const shown = new EntryTable();
    forEachRow(gone, (family, columns, row) => {
      const found = find(this.#hidden, family, columns, row);
      const expiry = this.#hidden.family(family).expiryOf(found);
      if (found >= 0 && (expiry === 0 || expiry > nowMs))
        copyRow(this.#hidden.family(family), found, shown.family(family));
    });
    const back = shown.pack(nowMs);
    // What it says of a prefix that is protected from now on is kept aside.
    forEachRow(fresh, (family, columns, row) => {
      const found = find(this.#table, family, columns, row);
      if (found >= 0) copyRow(this.#table.family(family), found, this.#hidden.family(family));
    });
    this.#hidden.removeAll(back);
    const removes = filterRows(gone, (family, columns, row) => find(shown, family, columns, row) < 0);
    const adds = concatEntries([fresh, back]);
    this.#table.addAll(adds, nowMs);
    this.#table.removeAll(removes);
    this.#protected = wanted;
    return {
      change: { adds, removes },
      undo: async () => {
        await undo();
        this.#protected = before;
      },
    };
  }

  /**
   * Takes rows that ended before `endedBeforeMs`, at most `most`, out of what the kernel should hold; they stay in the view.
   * Nothing else may use the table until it is done.
   * The kernel passes them by itself from the moment they end: this only frees their place.
   */
  async lapse(endedBeforeMs: number, most = Number.POSITIVE_INFINITY): Promise<StagedChange> {
    const ended = await this.#endedRows(endedBeforeMs, most);
    const undo = await this.#remember([ended], true);
    await inSlices(ended, (slice) => {
      forEachRow(slice, (family, columns, row) => {
        const found = find(this.#table, family, columns, row);
        copyRow(this.#table.family(family), found, this.#hidden.family(family));
      });
      this.#table.removeAll(slice);
    });
    return { change: { adds: NO_ENTRIES, removes: ended }, undo };
  }

  /**
   * Rows of the view whose time is over at `nowMs`, hidden ones too: the kernel passes them, and nobody has taken them away.
   * Nothing else may change the table until it is done.
   */
  async ended(nowMs: number, named: number): Promise<EndedRows> {
    let count = 0;
    let lastMs = 0;
    const prefixes: Prefix[] = [];
    for (const table of [this.#table, this.#hidden])
      for (const family of FAMILIES) {
        const rows = table.family(family);
        if (!rows.mayEnd) continue;
        await eachRow(rows.size, (row) => {
          const expiry = rows.expiryOf(row);
          if (expiry === 0 || expiry > nowMs) return;
          count++;
          lastMs = Math.max(lastMs, expiry);
          if (prefixes.length < named) prefixes.push(prefixOf(rows, family, row));
        });
      }
    return { count, lastMs, prefixes };
  }

  /** Gives back room that a longer list needed. Nothing else may change the table until it is done. */
  async shrink(): Promise<void> {
    for (const table of [this.#table, this.#hidden]) {
      const steps = table.shrinkInSteps();
      while (steps.next().done !== true) await breathe();
    }
  }

  /** An effective table for another view, with the same protected rows over it. Takes `view` over. */
  async withView(view: EntryTable): Promise<EffectiveTable> {
    const next = new EffectiveTable(view);
    await next.protect(this.#protected.pack(0), 0);
    return next;
  }

  /** The rows of #table that are protected rows. */
  #protectedIn(family: Family): Set<number> {
    const rows = new Set<number>();
    forEachRow(this.#protected.pack(0), (of, columns, row) => {
      if (of === family) rows.add(find(this.#table, family, columns, row));
    });
    return rows;
  }

  // Protected rows are allow rows: for the others, which are nearly all, no table is looked at.
  #isProtected(family: Family, columns: FamilyColumns, row: number): boolean {
    return ((columns.flags[row] ?? 0) & FLAG_ALLOW) !== 0 && find(this.#protected, family, columns, row) >= 0;
  }

  #isHidden(family: Family, columns: FamilyColumns, row: number): boolean {
    return this.#hidden.size > 0 && find(this.#hidden, family, columns, row) >= 0;
  }

  async #endedRows(endedBeforeMs: number, most: number): Promise<PackedEntries> {
    let left = most;
    const pick = (family: Family) => {
      const rows = this.#table.family(family);
      return pickRows(family, rows, endedBeforeMs, (row) => {
        const expiry = rows.expiryOf(row);
        return expiry > 0 && expiry < endedBeforeMs && left-- > 0;
      });
    };
    return { v4: await pick(4), v6: await pick(6) };
  }

  async #remember(changes: readonly PackedEntries[], hiddenToo: boolean): Promise<() => Promise<void>> {
    const logs = (hiddenToo ? [this.#table, this.#hidden] : [this.#table]).map((table) => new UndoLog(table));
    for (const change of changes)
      await inSlices(change, (slice) => {
        for (const log of logs) log.remember(slice);
      });
    return async () => {
      for (const log of logs) await log.run();
    };
  }
}

function prefixOf(rows: FamilyTable, family: Family, row: number): Prefix {
  const address = new Uint8Array(family === 4 ? 4 : 16);
  rows.readAddress(row, address, 0);
  return { family, address, length: rows.lengthOf(row) };
}
