// Puts together what arrives in parts: large deltas and snapshots. Memory is bounded by what the maps can hold.
import { EntryTable } from '../../common/entries/entry-table.ts';
import { entryCount, type FamilyColumns, type PackedEntries } from '../../common/entries/packed.ts';
import { filterRows, joinEntries } from '../../common/entries/rows.ts';
import { inSlices, mapSlices } from '../../common/entries/steps.ts';
import { fromWire, type PackedWire } from '../../common/entries/wire.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { parseRevision, type Revision } from '../../common/revision.ts';
import type { Family } from '../../common/text/prefix.ts';
import type { Delta__Output } from '../../proto/gen/fleetblock/v1/Delta.ts';
import type { SnapshotBegin__Output } from '../../proto/gen/fleetblock/v1/SnapshotBegin.ts';
import type { SnapshotEnd__Output } from '../../proto/gen/fleetblock/v1/SnapshotEnd.ts';
import { Refusal } from '../list/held.ts';
import type { ViewDelta, ViewSnapshot } from '../list/view-change.ts';

/** A controller fills a message before it begins another, except the last of each kind of rows. */
const MOST_PARTS = 64;
const LEAST_ROWS = 1024;

/** Whether the view has that row. */
export type HoldsRow = (family: Family, columns: FamilyColumns, row: number) => boolean;

/** Parts of one delta. */
export class DeltaParts {
  readonly epoch: string;
  readonly from: Revision;
  readonly to: Revision;
  readonly #loose: boolean;
  readonly #limit: number;
  readonly #holds: HoldsRow;
  readonly #adds: PackedEntries<'left'>[] = [];
  #removes: PackedEntries[] = [];
  #rows = 0;
  #parts = 0;

  /** `limit`: rows, of adds and of removes of what is held together. @throws Refusal MALFORMED */
  constructor(first: Delta__Output, limit: number, holds: HoldsRow) {
    this.epoch = first.storeEpoch;
    this.from = revisionOf(first.fromRevision);
    this.to = revisionOf(first.toRevision);
    this.#loose = first.loose;
    this.#limit = limit;
    this.#holds = holds;
  }

  /** @throws Refusal MALFORMED, CAPACITY */
  async add(part: Delta__Output): Promise<void> {
    if (part.storeEpoch !== this.epoch || part.fromRevision !== `${this.from}` || part.toRevision !== `${this.to}`)
      throw new Refusal('MALFORMED', `a part of another delta inside the one to revision ${this.to}`);
    const [adds, removes] = [entriesOf(part.adds), entriesOf(part.removes)];
    this.#rows += entryCount(adds) + entryCount(removes);
    if (++this.#parts > MOST_PARTS + this.#rows / LEAST_ROWS)
      throw new Refusal('MALFORMED', `a delta in ${this.#parts} parts that have ${this.#rows} rows in all`);
    if (entryCount(adds) > 0) this.#adds.push(adds);
    if (entryCount(removes) > 0) this.#removes.push(removes);
    if (this.#rows <= this.#limit) return;
    await this.#dropIdleRemoves();
    const kept = [...this.#adds, ...this.#removes].reduce((sum, rows) => sum + entryCount(rows), 0);
    if (kept > this.#limit) throw new Refusal('CAPACITY', `a delta of ${kept} rows is more than this host can hold`);
  }

  /** A list that this host had no room for, and that has gone again, is nothing but removes of what it does not hold. */
  async #dropIdleRemoves(): Promise<void> {
    const removes = await mapSlices(joinEntries(this.#removes), (slice) => filterRows(slice, this.#holds));
    this.#removes = entryCount(removes) > 0 ? [removes] : [];
  }

  finish({ digest, seal }: Pick<Delta__Output, 'digest' | 'seal'>): ViewDelta {
    return {
      epoch: this.epoch,
      from: this.from,
      to: this.to,
      adds: joinEntries(this.#adds),
      removes: joinEntries(this.#removes),
      digest,
      seal,
      loose: this.#loose,
    };
  }
}

/** Rows of a snapshot, collected beside what is held. */
export class SnapshotRows {
  readonly epoch: string;
  readonly revision: Revision;
  readonly byCommand: boolean;
  /** Rows announced. */
  readonly entries: number;
  readonly #table = new EntryTable<'boot'>();

  /** `resync`: this host has the order to take whatever comes. @throws Refusal MALFORMED */
  constructor(begin: SnapshotBegin__Output, resync: boolean) {
    this.epoch = begin.storeEpoch;
    this.revision = revisionOf(begin.revision);
    this.entries = Number(begin.entries);
    this.byCommand = resync || begin.resync;
    if (this.epoch === '') throw new Refusal('MALFORMED', 'a snapshot without a store epoch');
  }

  /** Remaining times count from `bootMs`. @throws Refusal MALFORMED */
  async add(wire: PackedWire | null, bootMs: number): Promise<void> {
    const rows = entriesOf(wire);
    // The first chunk shows what the view is made of: room for all of it at once, instead of doubling a table again and again.
    if (this.#table.size === 0 && entryCount(rows) > 0) {
      const share = rows.v4.count / entryCount(rows);
      this.#table.reserve(Math.ceil(this.entries * share), Math.ceil(this.entries * (1 - share)));
    }
    await inSlices(rows, (slice) => this.#table.addLeft(slice, bootMs));
    if (this.#table.size > this.entries)
      throw new Refusal('MALFORMED', `a snapshot of more rows than the ${this.entries} that were announced`);
  }

  /** @throws Refusal MALFORMED */
  finish(end: SnapshotEnd__Output): ViewSnapshot {
    if (revisionOf(end.revision) !== this.revision || this.#table.size !== this.entries)
      throw new Refusal(
        'MALFORMED',
        `a snapshot of ${this.#table.size} rows at revision ${end.revision}, announced as ${this.entries} at ${this.revision}`,
      );
    const { epoch, revision, byCommand } = this;
    return { epoch, revision, table: this.#table, digest: end.digest, seal: end.seal, byCommand };
  }
}

function entriesOf(wire: PackedWire | null): PackedEntries<'left'> {
  return malformedAs(() => fromWire(wire));
}

function revisionOf(field: string): Revision {
  return malformedAs(() => parseRevision(field));
}

function malformedAs<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FleetblockError) throw new Refusal('MALFORMED', messageOf(error), { cause: error });
    throw error;
  }
}
