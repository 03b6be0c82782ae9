// A datapath without a kernel: for unit tests and the fleet simulator alone. It holds its own copy of the entries and
// obeys the contract of datapath.ts, capacity and all-or-nothing included.

import {
  type Datapath,
  type DatapathCounters,
  DatapathError,
  type DropEvent,
  type DropListener,
  type EntryChange,
  type InterfaceState,
  type MarkedView,
  type SourceHits,
  type SourceVerdict,
} from '../../agent/datapath/datapath.ts';
import { decideByRows } from '../../agent/list/deciding-rows.ts';
import { diffTables } from '../../common/entries/compare.ts';
import { type Digest, equalDigests } from '../../common/entries/digest.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { entryCount } from '../../common/entries/packed.ts';
import type { Family } from '../../common/text/prefix.ts';

export interface MemoryDatapathOptions {
  /** Default 2,000,000. */
  readonly capacity?: number;
  /** Boot-time milliseconds, as AgentClock has them. */
  readonly bootMs: () => number;
}

export class MemoryDatapath implements Datapath {
  readonly capacity: number;
  /** What the "kernel" holds: tests read it and tamper with it. */
  readonly held = new EntryTable<'boot'>();
  /** Set by a test: the next apply fails so, once. */
  failNext: DatapathError | undefined;
  /** Set by a test: called after every change, before it is acked. */
  onChange: (change: EntryChange) => void = () => {};
  /** Set by a test: the next lookup fails so, once. */
  failNextLookup: DatapathError | undefined;
  /** Packets dropped by source: there are none here but those that a test says. */
  sources: SourceHits[] = [];
  interfaceStates: InterfaceState[] = [{ name: 'eth0', index: 2, mode: 'native', problem: '' }];
  /** Not counted here: what a test sets. */
  counted: Partial<DatapathCounters> = {};
  /** What was marked last; tests of a restart hand it on. */
  view: MarkedView | undefined;
  closed = false;
  /** Set by a test. */
  problem = '';
  /** Of what was last put into `held`. */
  #digest: Digest | undefined;
  readonly #bootMs: () => number;

  constructor(options: MemoryDatapathOptions) {
    this.capacity = options.capacity ?? 2_000_000;
    this.#bootMs = options.bootMs;
  }

  apply(change: EntryChange, after: EntryTable<'boot'>): Promise<number> {
    const started = performance.now();
    const failure = this.failNext;
    this.failNext = undefined;
    if (failure) return Promise.reject(failure);
    if (after.size > this.capacity)
      return Promise.reject(
        new DatapathError('CAPACITY', `${after.size} entries do not fit: the maps hold ${this.capacity}`),
      );
    if (entryCount(change.adds) > 0) this.held.addLeft(change.adds, this.#bootMs());
    this.held.removeAll(change.removes);
    if (this.#digest) this.#digest = this.held.digest();
    this.onChange(change);
    return Promise.resolve(Math.round((performance.now() - started) * 1000));
  }

  reconcile(desired: EntryTable<'boot'>): Promise<number> {
    const { adds, removes } = diffTables(this.held, desired);
    this.held.addAll(adds);
    this.held.removeAll(removes);
    this.#digest = this.held.digest();
    return Promise.resolve(entryCount(adds) + entryCount(removes));
  }

  glance(): Promise<number> {
    const differs = this.#digest !== undefined && !equalDigests(this.#digest, this.held.digest());
    return Promise.resolve(differs ? 1 : 0);
  }

  marked(): MarkedView | undefined {
    return this.view;
  }

  mark(view: MarkedView): void {
    this.view = view;
  }

  counters(): DatapathCounters {
    return {
      droppedPackets: 0n,
      droppedBytes: 0n,
      passedPackets: 0n,
      passedBytes: 0n,
      allowedPackets: 0n,
      monitoredPackets: 0n,
      malformedPackets: 0n,
      overtaggedPackets: 0n,
      ...this.counted,
    };
  }

  interfaces(): InterfaceState[] {
    return this.interfaceStates;
  }

  lookup(family: Family, address: Uint8Array): SourceVerdict {
    const failure = this.failNextLookup;
    this.failNextLookup = undefined;
    if (failure) throw failure;
    const decided = decideByRows(this.held, family, address, this.#bootMs());
    const source = this.sources.find((each) => each.family === family && Buffer.compare(each.address, address) === 0);
    const counted = decided.verdict === 'drop' ? source : undefined;
    return { ...decided, hits: counted?.packets ?? 0n, lastHitMs: counted?.lastDropMs ?? 0 };
  }

  topSources(count: number, sinceMs: number): Promise<SourceHits[]> {
    const recent = this.sources.filter(({ lastDropMs }) => lastDropMs >= sinceMs);
    return Promise.resolve(recent.toSorted((a, b) => Number(b.packets - a.packets)).slice(0, count));
  }

  /** Who listens; a test tells them of drops. */
  readonly listeners = new Set<(event: DropEvent) => void>();

  listen(onEvent: (event: DropEvent) => void): DropListener {
    this.listeners.add(onEvent);
    return { read: () => {}, close: () => this.listeners.delete(onEvent) };
  }

  close(): void {
    this.closed = true;
  }
}
