// The order of all changes: the present state of every layer, following it from there, and what changed since a revision.
import type { PackedEntries } from '../../../common/entries/packed.ts';
import type { Revision } from '../../../common/revision.ts';
import type { LayerChange } from '../../claims/layers.ts';
import type { AuditRecord, HostRecord } from '../records.ts';

/** One committed revision, for those who follow. */
export interface StoreEvent {
  readonly revision: Revision;
  readonly layers: readonly LayerChange[];
  /** Hosts that were made, relabelled or revoked, as they are now. */
  readonly hosts: readonly HostRecord[];
  /** What its audit records say: who did what. */
  readonly records: readonly Pick<AuditRecord, 'actor' | 'verb' | 'subject'>[];
}

/** Rows (by prefix and action) that changed in layers since a revision; their present state is to be read elsewhere. */
export interface Touched {
  readonly layerId: string;
  readonly keys: PackedEntries;
}

/** `epoch` and `head` are known without asking: they are as of the last commit that this process saw. */
export interface Revisions {
  /** Random id of this store's life. */
  readonly epoch: string;
  /** The last committed revision. */
  readonly head: Revision;
  /** The present state of every layer, in bounded pieces (`sets` only); of those that have become empty too, in one without rows. */
  readLayers(): AsyncIterable<LayerChange>;
  /** Called with every later revision, in order; what it throws hinders nobody else. @returns a function that stops it. */
  follow(listener: (event: StoreEvent) => void): () => void;
  /** What changed after `since`, for the layers named; undefined when history no longer reaches that far. */
  touchedSince(since: Revision, layerIds: ReadonlySet<string>): Promise<readonly Touched[] | undefined>;
}
