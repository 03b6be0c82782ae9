// What the rest of the agent knows of the datapath. Implementations: xdp-datapath.ts (the kernel) and, for unit tests and
// the fleet simulator alone, memory-datapath.ts.
import type { EntryTable } from '../../common/entries/entry-table.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { Family } from '../../common/text/prefix.ts';

/** A change of the effective entries. `adds` replaces rows of the same (prefix, allow). */
export interface EntryChange {
  readonly adds: PackedEntries;
  readonly removes: PackedEntries;
}

/** How an interface's packets reach the program. `none`: not attached. */
export type XdpMode = 'native' | 'generic' | 'none';

/** `auto`: native where the driver has it, else generic, reported as a problem. */
export type XdpModeRequest = 'auto' | 'native' | 'generic';

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
  /** Of those dropped: behind more VLAN tags than the program looks through. */
  readonly overtaggedPackets: bigint;
}

/** What the kernel would do with a packet of one source now. */
export interface SourceVerdict {
  /** `clear`: not listed. `drop`. `allow`: listed, and passed by an allow entry. `monitor`: listed to be counted only. */
  readonly verdict: 'clear' | 'drop' | 'allow' | 'monitor';
  /** The deciding entry's length in bits; undefined when clear, or dropped by an entry that has no row of its own in the kernel. */
  readonly length: number | undefined;
  /** Milliseconds since boot at which the deciding entry ends, 0 for never. */
  readonly expiresMs: number;
  /**
   * Packets that met the deciding entry where the kernel counts by entry (those that end, only monitor, or are IPv6), else
   * packets dropped from this source, estimated from samples. 0 when none was recorded lately, and for `clear` and `allow`.
   */
  readonly hits: bigint;
  /** Milliseconds since boot of the last recorded of them, 0 for none. */
  readonly lastHitMs: number;
}

export interface SourceHits {
  readonly family: Family;
  /** Network byte order. */
  readonly address: Uint8Array;
  /** Dropped packets, estimated from samples: exact while drops are few. */
  readonly packets: bigint;
  readonly lastDropMs: number;
}

/** A drop that the kernel sampled, while somebody listened. */
export interface DropEvent {
  /** Milliseconds since boot. */
  readonly bootMs: number;
  /** The source: 4 or 16 bytes, network byte order. */
  readonly address: Uint8Array;
  /** Of the interface that it came in by. */
  readonly interfaceIndex: number;
  /** Packets of this source that it stands for. */
  readonly packets: number;
  /** Of this one packet. */
  readonly packetBytes: number;
  /** It passed: only a monitor-only entry matched. */
  readonly monitored: boolean;
}

export interface DropListener {
  /** Hands over what has come since the last call: bounded by the kernel's buffer, which loses what does not fit. */
  read(): void;
  /** Nobody listens any more. Idempotent. */
  close(): void;
}

/** A revision of the list as it is marked beside the maps. */
export interface MarkedView {
  readonly revision: bigint;
  /** 8 bytes. */
  readonly digest: Uint8Array;
  /** Names the store's epoch: 16 bytes. */
  readonly epochHash: Uint8Array;
}

/** Why the datapath refused a change. The kernel then holds what it held before the change. */
export type DatapathErrorCode = 'CAPACITY' | 'KERNEL';

export class DatapathError extends Error {
  override readonly name = 'DatapathError';
  readonly code: DatapathErrorCode;

  constructor(code: DatapathErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Something undid a part of the datapath behind the agent's back, and it is whole again.
 * `unprotected`: packets that should have been dropped could pass. `repaired`: none could, but with the agent's end all would have.
 * `drift`: the maps held something else than they should.
 */
export interface Lapse {
  readonly kind: 'unprotected' | 'repaired' | 'drift';
  /** What happened and what became of it: one line. */
  readonly text: string;
  /** Milliseconds that it lasted at most: from the last look at which all was well. */
  readonly atMostMs: number;
}

export interface Datapath {
  /** Entries that the maps can hold. */
  readonly capacity: number;

  /** What is wrong and not an interface's or a map's alone, one sentence; empty when all is well. */
  readonly problem: string;

  /**
   * Makes the kernel hold the change: adds before removes, each batch checked, all or nothing.
   * `after` is the whole table with the change made; its expiries are boot-time milliseconds (boot-clock.ts).
   * @returns microseconds spent on it, once the last kernel call has returned
   * @throws DatapathError
   */
  apply(change: EntryChange, after: EntryTable): Promise<number>;

  /**
   * Reads what the kernel holds and repairs every difference from `desired`, adds before removes.
   * @param hurried asked every few milliseconds until the repair begins: once it says yes, all is left as it is
   * @returns the number of entries that were missing, wrong or extra: 0 when the kernel held exactly `desired`; undefined when hurried away
   * @throws DatapathError
   */
  reconcile(desired: EntryTable, hurried?: () => boolean): Promise<number | undefined>;

  /**
   * A cheap comparison of the maps with what was last put into them: a few milliseconds of a processor for a million entries. What it
   * finds is for `reconcile` to repair.
   * @param hurried asked every few milliseconds: once it says yes, the rest is left for another time
   * @returns pieces of the maps that differ; 0 while nothing was put into them; undefined when none was seen and not all was looked at
   * @throws Error when they cannot be read
   */
  glance(hurried?: () => boolean): Promise<number | undefined>;

  /**
   * What `mark` said last of these maps, by this agent or one before it; undefined when nothing was said, or the maps are new.
   * @throws KernelError
   */
  marked(): MarkedView | undefined;

  /** Notes beside the maps, in the kernel, which view they hold: it is there for the next agent whatever becomes of a disk. */
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
   * Has the kernel sample drops from now on, a few a clock tick at most; they are handed over by `read`.
   * @throws Error when the kernel cannot be asked
   */
  listen(onEvent: (event: DropEvent) => void): DropListener;

  /** Stops watching; maps, links and program stay pinned and go on dropping. Idempotent. */
  close(): void;
}
