// What the rest of the agent knows about the datapath. Implementations: xdp-datapath.ts (the kernel) and, for unit tests and
// the fleet simulator alone, test/agent/memory-datapath.ts.

import type { EntryTable } from '../../common/entries/entry-table.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import { CodedError } from '../../common/errors.ts';
import type { Verdict } from '../../common/precedence.ts';
import type { Family } from '../../common/text/prefix.ts';

/** Where maps and links are pinned unless told otherwise. */
export const DEFAULT_PIN_DIR = '/sys/fs/bpf/fleetblock';

/** A change of the effective entries. `adds` replaces rows of the same (prefix, allow). */
export interface EntryChange {
  readonly adds: PackedEntries<'left'>;
  readonly removes: PackedEntries;
}

/** How an interface's packets reach the program. `none`: not attached. */
export type XdpMode = 'native' | 'generic' | 'none';

/** `auto`: native where the driver has it, else generic, reported as a problem. */
export type XdpModeRequest = 'auto' | 'native' | 'generic';

/** How one interface is enforced now; what the controller's `hosts` and `fleetblock-agent status` show. */
export interface InterfaceState {
  readonly name: string;
  /** Kernel interface index, 0 while the interface does not exist. */
  readonly index: number;
  readonly mode: XdpMode;
  /** Why it is not attached or attached in a lesser mode; empty when all is well. */
  readonly problem: string;
}

/** Totals since the maps were made; they outlive the agent. */
export interface DatapathCounters {
  readonly droppedPackets: bigint;
  readonly droppedBytes: bigint;
  readonly passedPackets: bigint;
  readonly passedBytes: bigint;
  readonly allowedPackets: bigint;
  readonly monitoredPackets: bigint;
  readonly malformedPackets: bigint;
  /** Part of the dropped: behind more VLAN tags than the program parses. */
  readonly overtaggedPackets: bigint;
}

/** What the kernel would do with a packet of one source now. */
export interface SourceVerdict {
  readonly verdict: Verdict;
  /** The deciding entry's length in bits; undefined when clear, or dropped by an entry that has no row of its own in the kernel. */
  readonly length: number | undefined;
  /** Milliseconds since boot at which the deciding entry ends, 0 for never. */
  readonly expiresMs: number;
  /**
   * Packets that met the deciding entry where the kernel counts by entry (those that end, only monitor, or are IPv6), else
   * packets dropped from this source, estimated from samples. 0 when none was recorded recently, and for `clear` and `allow`.
   */
  readonly hits: bigint;
  /** Milliseconds since boot of the last recorded of them, 0 for none. */
  readonly lastHitMs: number;
}

/** One source that was dropped recently, for the top sources of a status report. `lastDropMs`: milliseconds since boot. */
export interface SourceHits {
  readonly family: Family;
  /** Network byte order. */
  readonly address: Uint8Array;
  /** Dropped packets, estimated from samples: exact while drops are few. */
  readonly packets: bigint;
  readonly lastDropMs: number;
}

/** A drop that the kernel sampled while events were on. */
export interface DropEvent {
  /** Milliseconds since boot. */
  readonly bootMs: number;
  /** The source: 4 or 16 bytes, network byte order. */
  readonly address: Uint8Array;
  /** Index of the interface that it arrived on. */
  readonly interfaceIndex: number;
  /** How many packets of this source the sample stands for. */
  readonly packets: number;
  /** Length of this packet. */
  readonly packetBytes: number;
  /** It passed: only a monitor-only entry matched. */
  readonly monitored: boolean;
}

/** Pulled, not pushed: the caller decides how often the event loop wakes for sampled drops. */
export interface DropListener {
  /** Hands over what has come since the last call: bounded by the kernel's buffer, which loses what does not fit. */
  read(): void;
  /** Stops listening. Idempotent. */
  close(): void;
}

/** A revision of the list as recorded beside the maps. */
export interface MarkedView {
  readonly revision: bigint;
  /** 8 bytes. */
  readonly digest: Uint8Array;
  /** Names the store's epoch: 16 bytes. */
  readonly epochHash: Uint8Array;
}

/** Why the datapath refused a change. The kernel then holds what it held before the change. */
export type DatapathErrorCode = 'CAPACITY' | 'KERNEL';

/** The change was refused as a whole; the session answers it with a Nack. */
export class DatapathError extends CodedError<DatapathErrorCode> {
  override readonly name = 'DatapathError';
}

/**
 * Something else undid a part of the datapath, and the agent has repaired it.
 * `unprotected`: packets that should have been dropped could pass. `repaired`: none could, but all could have once the agent ended.
 * `drift`: the maps did not hold what they should.
 */
export interface Lapse {
  readonly kind: 'unprotected' | 'repaired' | 'drift';
  /** What happened and how it was repaired: one line. */
  readonly text: string;
  /** Upper bound of how long it lasted, milliseconds: since the last check that found nothing wrong. */
  readonly atMostMs: number;
}

/** Rows go in, verdicts and counters come out; expiries and times are milliseconds on the boot clock throughout. */
export interface Datapath {
  /** Entries that the maps can hold. */
  readonly capacity: number;

  /** A problem that is not one interface's or one map's alone, one sentence; empty when there is none. */
  readonly problem: string;

  /**
   * Makes the kernel hold the change: adds before removes, each batch checked, all or nothing.
   * `after` is the whole table with the change made; its expiries are boot-time milliseconds (boot-clock.ts).
   * @returns microseconds spent on it, once the last kernel call has returned
   * @throws DatapathError
   */
  apply(change: EntryChange, after: EntryTable<'boot'>): Promise<number>;

  /**
   * Reads what the kernel holds and repairs every difference from `desired`, adds before removes.
   * @param hurried polled every few milliseconds until the repair begins: once it returns true, nothing is changed
   * @returns the number of entries that were missing, wrong or extra: 0 when the kernel held exactly `desired`; undefined when `hurried` stopped it
   * @throws DatapathError
   */
  reconcile(desired: EntryTable<'boot'>, hurried?: () => boolean): Promise<number | undefined>;

  /**
   * A cheap comparison of the maps with what was last put into them: a few milliseconds of a processor for a million entries. What it
   * finds is repaired by `reconcile`.
   * @param hurried polled every few milliseconds: once it returns true, the rest is left for another time
   * @returns how many pieces of the maps differ; 0 before anything was put into them; undefined when none was found but not all were checked
   * @throws Error when they cannot be read
   */
  glance(hurried?: () => boolean): Promise<number | undefined>;

  /**
   * The last `mark` of these maps, by this agent or a previous one; undefined when there is none, or the maps are new.
   * @throws KernelError
   */
  marked(): MarkedView | undefined;

  /** Records beside the maps, in the kernel, which view they hold: the next agent finds it even if the disk is lost. */
  mark(view: MarkedView): void;

  counters(): DatapathCounters;

  interfaces(): InterfaceState[];

  /**
   * What the kernel does with a packet of this source now, read from the maps. `address`: network byte order.
   * @throws Error when they cannot be read
   */
  lookup(family: Family, address: Uint8Array): SourceVerdict;

  /**
   * At most `count` sources that were dropped since then (milliseconds since boot), by dropped packets, most first.
   * @throws Error when they cannot be read
   */
  topSources(count: number, sinceMs: number): Promise<SourceHits[]>;

  /**
   * Makes the kernel sample drops from now on, at most a few per clock tick; `read` hands them over.
   * @throws Error when the kernel cannot be asked
   */
  listen(onEvent: (event: DropEvent) => void): DropListener;

  /** Stops watching; maps, links and program stay pinned and keep dropping. Idempotent. */
  close(): void;
}
