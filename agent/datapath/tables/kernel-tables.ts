// What the agent does with the maps of a loaded object: changes, reconciliation, read-back and counters. xdp-datapath.ts
// composes it with the object and its links; nothing here knows how maps are opened, pinned or attached.
import type { Digest } from '../../../common/entries/digest.ts';
import type { EntryTable } from '../../../common/entries/entry-table.ts';
import type { Family } from '../../../common/text/prefix.ts';
import type { DatapathCounters, EntryChange, SourceHits, SourceVerdict } from '../datapath.ts';
import type { Limits } from '../decision/limits.ts';
import type { KernelMap } from '../kernel-map.ts';

/** What the tables need besides the maps. */
export interface TablesOptions {
  readonly limits: Limits;
  /**
   * Resolves when every packet that was in the program at the call has left it: an RCU grace period,
   * waited for in a worker thread. Memory that packets may still read is used again only afterwards.
   */
  readonly gracePeriod: () => Promise<void>;
  /** Called with a grace period that failed: memory then stays taken until a later one. */
  readonly onError: (error: unknown) => void;
}

/** The outcome of a full comparison, without repair. */
export interface Verification {
  /** Entries (IPv4 plain blocks: /24s) that differ from what was asked about. 0: the kernel holds exactly that. */
  readonly differences: number;
  /** The digest of what the kernel holds; undefined when it differs, as merged IPv4 bits cannot be told apart as entries. */
  readonly digest: Digest | undefined;
}

/** Calls that change or compare the maps take turns, in the order in which they were made; the others may run in between. */
export interface KernelTables {
  /** Entries that the maps can hold. */
  readonly capacity: number;
  /** As Datapath.apply: adds before removes, all or nothing; `after` must not change until it resolves or rejects. */
  apply(change: EntryChange, after: EntryTable<'boot'>): Promise<number>;
  /** As Datapath.reconcile. Compares everything that the kernel holds and rewrites only what differs. */
  reconcile(desired: EntryTable<'boot'>, hurried?: () => boolean): Promise<number | undefined>;
  /** Reads everything back and compares; writes nothing. */
  verify(desired: EntryTable<'boot'>): Promise<Verification>;
  /** As Datapath.glance: compares the maps with what was last put into them. */
  glance(hurried?: () => boolean): Promise<number | undefined>;
  counters(): DatapathCounters;
  /** Sources by dropped packets, most first. */
  topSources(count: number, sinceMs: number): Promise<SourceHits[]>;
  /** Exact hits of a TTL, monitor or IPv6 entry; 0n when it has none recently. */
  entryHits(family: Family, address: Uint8Array, length: number): bigint;
  lookup(family: Family, address: Uint8Array): SourceVerdict;
  /** Turns sampled events on or off. */
  listen(on: boolean): void;
  /** Resolves when nothing touches the maps' memory any more: only then may they be closed. */
  close(): Promise<void>;
}

/** Gets an open map by its name in the object; one of MAPS. */
export type OpenMap = (name: string) => KernelMap;
