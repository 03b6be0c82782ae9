// What the controller asks for: a difference of the view, or the whole of it.
import type { EntryTable } from '../../common/entries/entry-table.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { Revision } from '../../common/revision.ts';

/** From one revision to the next. Refused unless `from` is the revision that is held, or `loose`. */
export interface ViewDelta {
  readonly epoch: string;
  readonly from: Revision;
  readonly to: Revision;
  /** Remaining times count from now. */
  readonly adds: PackedEntries<'left'>;
  readonly removes: PackedEntries;
  readonly digest: Uint8Array;
  readonly seal: Uint8Array;
  /** One change by itself, on top of what is held, which lacks an earlier one: `from` and `digest` say nothing. */
  readonly loose: boolean;
}

/** Replaces the view whole; the reconciler applies it by difference. */
export interface ViewSnapshot {
  readonly epoch: string;
  readonly revision: Revision;
  /** The whole view, expiries on the boot clock. The reconciler takes it over. */
  readonly table: EntryTable<'boot'>;
  readonly digest: Uint8Array;
  readonly seal: Uint8Array;
  /** An operator told this host to take this view, whatever it holds. */
  readonly byCommand: boolean;
}
