// The effective entries of a view, one table per family. The agent's desired state, the controller's views and the simulator use it.

import type { Family } from '../text/prefix.ts';
import { type Digest, digestOf } from './digest.ts';
import { FamilyTable } from './family-table.ts';
import type { ClockBase, PackedEntries } from './packed.ts';
import { leftOf } from './times.ts';

/** Rows are unique by (prefix, allow). Expiries are milliseconds on the clock that `Base` names, 0 for no end. */
export class EntryTable<Base extends ClockBase = ClockBase> {
  readonly v4 = new FamilyTable<Base>(4);
  readonly v6 = new FamilyTable<Base>(6);

  get size(): number {
    return this.v4.size + this.v6.size;
  }

  family(family: Family): FamilyTable<Base> {
    return family === 4 ? this.v4 : this.v6;
  }

  /** Makes room for this many more rows at once: a table that grows step by step moves all its rows at every doubling. */
  reserve(v4Rows: number, v6Rows: number): void {
    this.v4.reserve(v4Rows);
    this.v6.reserve(v6Rows);
  }

  /** Whether this many more rows fit without moving the existing ones. */
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

  /** Adds or replaces. */
  addAll(entries: PackedEntries<Base>): void {
    this.v4.addAll(entries.v4);
    this.v6.addAll(entries.v6);
  }

  /** Adds or replaces; remaining times count from `nowMs` on the table's clock. */
  addLeft(entries: PackedEntries<'left'>, nowMs: number): void {
    this.v4.addLeft(entries.v4, nowMs);
    this.v6.addLeft(entries.v6, nowMs);
  }

  /** Removes by (prefix, allow); what is not there is no error. */
  removeAll(entries: PackedEntries): void {
    this.v4.removeAll(entries.v4);
    this.v6.removeAll(entries.v6);
  }

  /** All rows with their ends. */
  pack(): PackedEntries<Base> {
    return { v4: this.v4.pack(), v6: this.v6.pack() };
  }

  /** All rows with what is left of them at `nowMs`, at least 1 ms for what has an end. */
  packLeft(nowMs: number): PackedEntries<'left'> {
    return leftOf(this.pack(), nowMs);
  }

  clone(): EntryTable<Base> {
    const copy = new EntryTable<Base>();
    copy.addAll(this.pack());
    return copy;
  }
}
