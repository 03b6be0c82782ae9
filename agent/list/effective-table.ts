// The rows that the kernel should hold: the view that the controller sent, with this host's protected rows over it and
// without what has expired. One big table serves both: what the view says of the few rows that differ is kept beside.
import { diffTables, pickEntries, pickParts } from '../../common/entries/compare.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import type { FamilyTable } from '../../common/entries/family-table.ts';
import {
  FAMILIES,
  type FamilyColumns,
  FLAG_ALLOW,
  NO_ENTRIES,
  type PackedEntries,
} from '../../common/entries/packed.ts';
import { filterRows, forEachRow, joinEntries } from '../../common/entries/rows.ts';
import { countInSteps, inSlices, inTurns, mapSlices } from '../../common/entries/steps.ts';
import { leftOf } from '../../common/entries/times.ts';
import type { Family, Prefix } from '../../common/text/prefix.ts';
import type { EntryChange } from '../datapath/datapath.ts';
import { UndoLog } from './undo-log.ts';

/** A change that the table shows already; `undo` takes it back when the kernel refused it. */
export interface StagedChange {
  /** What the kernel must do: less than what was asked for where a protected row covers it up. */
  readonly change: EntryChange;
  undo(): Promise<void>;
}

/** `count` is of all of them; `prefixes` names only as many as were asked for. */
export interface EndedRows {
  readonly count: number;
  /** When the last of them ended, on the boot clock. */
  readonly lastMs: number;
  /** Some of them. */
  readonly prefixes: readonly Prefix[];
}

/** Changes are staged: the table has changed when `stage` returns, and the change can be taken back when the kernel refuses it. */
export class EffectiveTable {
  #table: EntryTable<'boot'>;
  #protected = new EntryTable<'boot'>();
  // Rows of the view that #table does not hold as the view has them: overridden by a protected row, or expired.
  #hidden = new EntryTable<'boot'>();

  /** Takes the table over as the view. */
  constructor(view = new EntryTable<'boot'>()) {
    this.#table = view;
  }

  /** What the kernel should hold. Read only: the methods change it. */
  get table(): EntryTable<'boot'> {
    return this.#table;
  }

  get protectedRows(): EntryTable<'boot'> {
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
    const add = (table: EntryTable<'boot'>, sign: 1 | -1) => {
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
    return this.#table.family(family).find(columns, row) >= 0 || this.#isHidden(family, columns, row);
  }

  /**
   * The view's rows, in parts; what is left of them at `nowMs`, at least 1 ms for what has an end.
   * Nothing else may change the table until it is done.
   */
  async packView(nowMs: number): Promise<PackedEntries<'left'>[]> {
    const parts: PackedEntries<'left'>[] = [];
    for (const family of FAMILIES) {
      const overrides = this.#protectedIn(family);
      const shown = await inTurns(pickParts(this.#table.family(family), (row) => !overrides.has(row)));
      for (const rows of [...shown, ...(await inTurns(pickParts(this.#hidden.family(family), () => true)))])
        parts.push(leftOf(family === 4 ? { ...NO_ENTRIES, v4: rows } : { ...NO_ENTRIES, v6: rows }, nowMs));
    }
    return parts;
  }

  /** Changes the view. Remaining times count from `nowMs`. Nothing else may use the table until it is done. */
  async stage(adds: PackedEntries<'left'>, removes: PackedEntries, nowMs: number): Promise<StagedChange> {
    const kernelAdds = await mapSlices(adds, (slice) => filterRows(slice, (...row) => !this.#isProtected(...row)));
    const undo = await this.#remember([adds, removes], this.#hidden.size > 0 || kernelAdds !== adds);
    if (kernelAdds !== adds)
      this.#hidden.addLeft(
        filterRows(adds, (...row) => this.#isProtected(...row)),
        nowMs,
      );
    if (this.#hidden.size > 0) this.#hidden.removeAll(kernelAdds);
    // What was hidden and is added is no longer hidden: it can be removed.
    const kernelRemoves = await mapSlices(removes, (slice) =>
      filterRows(slice, (...row) => !this.#isProtected(...row) && !this.#isHidden(...row)),
    );
    if (this.#hidden.size > 0) this.#hidden.removeAll(removes);
    if (!this.#table.hasRoom(kernelAdds.v4.count, kernelAdds.v6.count))
      await inTurns(this.#table.reserveInSteps(kernelAdds.v4.count, kernelAdds.v6.count));
    await inSlices(kernelAdds, (slice) => this.#table.addLeft(slice, nowMs));
    await inSlices(kernelRemoves, (slice) => this.#table.removeAll(slice));
    return { change: { adds: kernelAdds, removes: kernelRemoves }, undo };
  }

  /** Makes these the protected rows: allow, without an end. */
  async protect(rows: PackedEntries<'left'>, nowMs: number): Promise<StagedChange> {
    const wanted = new EntryTable<'boot'>();
    wanted.addLeft(rows, nowMs);
    const { adds: fresh, removes: gone } = diffTables(this.#protected, wanted);
    const before = this.#protected;
    const undo = await this.#remember([fresh, gone], true);
    // What the view says of a prefix that is no longer protected shows again, unless it has ended meanwhile.
    const shown = new EntryTable<'boot'>();
    forEachRow(gone, (family, columns, row) => {
      const hidden = this.#hidden.family(family);
      const found = hidden.find(columns, row);
      const expiry = hidden.expiryOf(found);
      if (found >= 0 && (expiry === 0 || expiry > nowMs)) shown.family(family).copyRow(hidden, found);
    });
    const back = shown.pack();
    // What it says of a prefix that is protected from now on is kept aside.
    this.#hide(fresh);
    this.#hidden.removeAll(back);
    const removes = filterRows(gone, (family, columns, row) => shown.family(family).find(columns, row) < 0);
    const adds = joinEntries([fresh, back]);
    this.#table.addAll(adds);
    this.#table.removeAll(removes);
    this.#protected = wanted;
    return {
      change: { adds: leftOf(adds, nowMs), removes },
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
    let left = most;
    const ended = await inTurns(
      pickEntries(this.#table, (rows, row) => {
        const expiry = rows.expiryOf(row);
        return expiry > 0 && expiry < endedBeforeMs && left-- > 0;
      }),
    );
    const undo = await this.#remember([ended], true);
    await inSlices(ended, (slice) => {
      this.#hide(slice);
      this.#table.removeAll(slice);
    });
    return { change: { adds: NO_ENTRIES, removes: ended }, undo };
  }

  /**
   * Rows of the view whose time is over at `nowMs`, hidden ones too: the kernel passes them, and no change has removed them.
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
        const steps = countInSteps(rows.size, (row) => {
          const expiry = rows.expiryOf(row);
          if (expiry === 0 || expiry > nowMs) return;
          count++;
          lastMs = Math.max(lastMs, expiry);
          if (prefixes.length < named) prefixes.push(prefixOf(rows, family, row));
        });
        await inTurns(steps);
      }
    return { count, lastMs, prefixes };
  }

  /** Gives back room that a longer list needed. Nothing else may change the table until it is done. */
  async shrink(): Promise<void> {
    for (const table of [this.#table, this.#hidden]) await inTurns(table.shrinkInSteps());
  }

  /** An effective table for another view, with the same protected rows over it. Takes `view` over. */
  async withView(view: EntryTable<'boot'>): Promise<EffectiveTable> {
    const next = new EffectiveTable(view);
    await next.protect(this.#protected.packLeft(0), 0);
    return next;
  }

  /** Keeps aside what #table says of these keys. */
  #hide(keys: PackedEntries): void {
    forEachRow(keys, (family, columns, row) => {
      const table = this.#table.family(family);
      const found = table.find(columns, row);
      if (found >= 0) this.#hidden.family(family).copyRow(table, found);
    });
  }

  /** The rows of #table that are protected rows. */
  #protectedIn(family: Family): Set<number> {
    const rows = new Set<number>();
    const mine = this.#table.family(family);
    const theirs = this.#protected.family(family);
    for (let row = 0; row < theirs.size; row++) rows.add(mine.rowLike(theirs, row));
    return rows;
  }

  // Protected rows are allow rows: for the others, which are nearly all, no table is read.
  #isProtected(family: Family, columns: FamilyColumns, row: number): boolean {
    return ((columns.flags[row] ?? 0) & FLAG_ALLOW) !== 0 && this.#protected.family(family).find(columns, row) >= 0;
  }

  #isHidden(family: Family, columns: FamilyColumns, row: number): boolean {
    return this.#hidden.size > 0 && this.#hidden.family(family).find(columns, row) >= 0;
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
