// What an agent holds of its view, how it refuses what it cannot hold, and where it keeps it across restarts.
import { createHash } from 'node:crypto';
import { type Digest, EMPTY_DIGEST, equalDigests } from '../../common/entries/digest.ts';
import type { EntryTable } from '../../common/entries/entry-table.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import { CodedError } from '../../common/errors.ts';
import type { Revision } from '../../common/revision.ts';
import type { MarkedView } from '../datapath/datapath.ts';

/** The view as the kernel holds it. */
export interface Held {
  /** Empty: nothing is held, a snapshot of any epoch is welcome. */
  readonly epoch: string;
  readonly revision: Revision;
  readonly digest: Digest;
  readonly entries: number;
  /** The controller's code that it sent this revision; empty when none came with it. */
  readonly seal: Uint8Array;
}

const NO_SEAL = new Uint8Array(0);
/** What a new agent, or one under `resync`, says that it holds: the controller answers with a snapshot. */
export const HELD_NOTHING: Held = { epoch: '', revision: 0n, digest: EMPTY_DIGEST, entries: 0, seal: NO_SEAL };

/** As in fleetblock.v1.Nack. */
export type RefusalCode =
  | 'CAPACITY'
  | 'SEQUENCE'
  | 'REVISION_REGRESSION'
  | 'EPOCH_MISMATCH'
  | 'DIGEST'
  | 'KERNEL'
  | 'MALFORMED';

/** A revision was refused as a whole; what was held before it is still held. */
export class Refusal extends CodedError<RefusalCode> {
  override readonly name = 'Refusal';
}

/** What a store gives back after a restart. */
export interface StoredView {
  readonly held: Held;
  /** Expiries on the boot clock of this boot. */
  readonly table: EntryTable<'boot'>;
  /** False when what was recorded behind this is damaged and maps of this boot may hold it. */
  readonly current: boolean;
}

/** The mark of a view beside the maps that hold it. */
export function markOf({ epoch, revision, digest }: Held): MarkedView {
  if (hashed.epoch !== epoch) hashed = { epoch, hash: createHash('sha256').update(epoch).digest().subarray(0, 16) };
  return { revision, digest, epochHash: hashed.hash };
}

/** The last epoch that was marked: it stays the same for years, and marks are made with every change. */
let hashed = { epoch: '', hash: createHash('sha256').digest().subarray(0, 16) };

/**
 * Whether pinned maps may be brought to the recorded view: not when they hold a later one, of which there is no record: what was
 * acked would be taken back. `mark`: what is known of the maps themselves; undefined when nothing is.
 */
export function isCurrent({ held, current }: StoredView, mark: MarkedView | undefined): boolean {
  if (!mark) return current;
  const recorded = markOf(held);
  if (!equalDigests(recorded.epochHash, mark.epochHash) || recorded.revision < mark.revision) return false;
  // A record is written after the kernel took the change: later than the mark, it is as good as the file says.
  return recorded.revision > mark.revision ? current : equalDigests(recorded.digest, mark.digest);
}

/** Keeps the view across restarts and reboots. No method but `load` and `close` waits for a disk. */
export interface ViewStore {
  /** What is wrong with it, one sentence; empty when all is well. */
  readonly problem: string;
  /** The file should be rewritten with `rewrite`: it has grown, or could not be written. */
  readonly wantsRewrite: boolean;

  /** @returns undefined when there is no record, or none that can be trusted */
  load(): Promise<StoredView | undefined>;

  /** Records a change that the kernel holds: it survives a kill of the process once this returns, unless there is a `problem`. */
  append(held: Held, adds: PackedEntries<'left'>, removes: PackedEntries): void;

  /** Records the whole view. `parts` are its rows; remaining times counted from `bootMs`. Resolves when it is durable or failed. */
  rewrite(held: Held, parts: readonly PackedEntries<'left'>[], bootMs: number): Promise<void>;

  /** Notices a record that was taken away by something else: then it has a `problem` and wants a rewrite. */
  look(): void;

  /** Makes the last changes durable. */
  close(): Promise<void>;
}
