// The effective entries of a view, a table a family. The agent's desired state, the controller's views and the simulator use it.

import type { Family } from '../text/prefix.ts';
import { type Digest, digestOf } from './digest.ts';
import { FamilyTable } from './family-table.ts';
import type { PackedEntries } from './packed.ts';

/** Rows are unique by (prefix, allow). Expiries are milliseconds on the caller's clock, 0 for no end. */
export class EntryTable {
  readonly v4 = new FamilyTable(4);
  readonly v6 = new FamilyTable(6);

  get size(): number {
    return this.v4.size + this.v6.size;
  }

  family(family: Family): FamilyTable {
    return family === 4 ? this.v4 : this.v6;
  }

  /** Makes room for so many more rows at once: a table that grows step by step moves all its rows at every doubling. */
  reserve(v4Rows: number, v6Rows: number): void {
    this.v4.reserve(v4Rows);
    this.v6.reserve(v6Rows);
  }

  /** So many more rows move none of those that are there. */
  hasRoom(v4Rows: number, v6Rows: number): boolean {
    return this.v4.hasRoom(v4Rows) && this.v6.hasRoom(v6Rows);
  }

  /** The same with pauses, at which the table may be read and must not be changed. */
  *reserveInSteps(v4Rows: number, v6Rows: number): Generator<void> {
    yield* this.v4.reserveInSteps(v4Rows);
    yield* this.v6.reserveInSteps(v6Rows);
  }

  /** Gives back room that was needed for more rows, with pauses as above. */
  *shrinkInSteps(): Generator<void> {
    yield* this.v4.shrinkInSteps();
    yield* this.v6.shrinkInSteps();
  }

  digest(): Digest {
    return digestOf(this.v4.sums[0] + this.v6.sums[0], this.v4.sums[1] + this.v6.sums[1]);
  }

  /** Adds or replaces; the columns' remaining times are counted from `nowMs`. */
  addAll(entries: PackedEntries, nowMs: number): void {
    this.v4.addAll(entries.v4, nowMs);
    this.v6.addAll(entries.v6, nowMs);
  }

  /** Removes by (prefix, allow); what is not there is no error. */
  removeAll(entries: PackedEntries): void {
    this.v4.removeAll(entries.v4);
    this.v6.removeAll(entries.v6);
  }

  /** All rows; remaining times counted from `nowMs`, at least 1 ms for what has an end. */
  pack(nowMs: number): PackedEntries {
    return { v4: this.v4.pack(nowMs), v6: this.v6.pack(nowMs) };
  }

  /** What must be added to and removed from this table to make it equal `target` (expiries within 1 s count as equal). */
  diff(target: EntryTable, nowMs: number): { adds: PackedEntries; removes: PackedEntries } {
    const v4 = this.v4.diff(target.v4, nowMs);
    const v6 = this.v6.diff(target.v6, nowMs);
    return { adds: { v4: v4.adds, v6: v6.adds }, removes: { v4: v4.removes, v6: v6.removes } };
  }

  clone(): EntryTable {
    const copy = new EntryTable();
    copy.addAll(this.pack(0), 0);
    return copy;
  }
}
