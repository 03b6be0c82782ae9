// A loaded program with tables over its maps, for tests that run packets through it (BPF_PROG_TEST_RUN): no interface, no pins.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatapathCounters } from '../../../agent/datapath/datapath.ts';
import { COUNTERS, MAPS } from '../../../agent/datapath/decision/layout.ts';
import { type Limits, mapSizes } from '../../../agent/datapath/decision/limits.ts';
import { GracePeriod } from '../../../agent/datapath/libbpf/grace-period.ts';
import { BpfObject } from '../../../agent/datapath/libbpf/object.ts';
import type { XdpProgram } from '../../../agent/datapath/libbpf/program.ts';
import type { KernelTables } from '../../../agent/datapath/tables/kernel-tables.ts';
import { openTables } from '../../../agent/datapath/tables/open-tables.ts';
import { bootMs } from '../../../agent/host/boot-clock.ts';
import { ACTIONS, isAction } from '../../../common/action.ts';
import { EntryTable } from '../../../common/entries/entry-table.ts';
import { type Entry, NO_ENTRIES, packEntries } from '../../../common/entries/packed.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';

export const OBJECT = join(import.meta.dirname, '../../../bpf/build/fleetblock.bpf.o');
export const SMALL_LIMITS: Limits = { v4Addresses: 20_000, v6Addresses: 5_000, prefixes: 5_000 };

/** XDP's return values (linux/bpf.h). */
export const XDP = { aborted: 0, drop: 1, pass: 2 } as const;

/** Why the program cannot run here, in one line; undefined when it can. */
export function whyNoProgram(): string | undefined {
  if (process.getuid?.() !== 0) return 'loading a BPF program needs root';
  if (!existsSync(OBJECT)) return `there is no ${OBJECT}: run make -C bpf`;
  return undefined;
}

/** An entry in one line: `192.0.2.0/24`, `allow 192.0.2.1`, `monitor 2001:db8::/32`; `ttlMs` 0 for no end. */
export function entry(text: string, ttlMs = 0): Entry {
  const [word = '', rest = ''] = text.includes(' ') ? text.split(' ') : ['block', text];
  return { prefix: parsePrefix(rest), action: isAction(word) ? word : 'block', ttlMs };
}

export class Harness {
  readonly object: BpfObject;
  readonly program: XdpProgram;
  readonly tables: KernelTables;
  /** What the kernel should hold. */
  table = new EntryTable<'boot'>();
  readonly #grace: GracePeriod;

  private constructor(object: BpfObject, tables: KernelTables, grace: GracePeriod) {
    this.object = object;
    this.program = object.program('fleetblock');
    this.tables = tables;
    this.#grace = grace;
  }

  static async open(limits: Limits = SMALL_LIMITS, object = BpfObject.load(OBJECT, { maxEntries: mapSizes(limits) })) {
    const grace = new GracePeriod();
    return new Harness(object, await Harness.tablesOf(object, limits, grace), grace);
  }

  /** Another view of the same maps, as a restarted agent gets. */
  static tablesOf(object: BpfObject, limits: Limits, grace: GracePeriod): Promise<KernelTables> {
    return openTables((name) => object.map(name), {
      limits,
      gracePeriod: () => grace.wait(),
      onError: (error) => {
        throw error;
      },
    });
  }

  reopened(limits: Limits = SMALL_LIMITS): Promise<KernelTables> {
    return Harness.tablesOf(this.object, limits, this.#grace);
  }

  /** Adds and removes entries, in the table and in the kernel. Negative TTLs have ended already. */
  async change(adds: readonly Entry[], removes: readonly Entry[] = []): Promise<number> {
    // As on the wire, where what has an end has at least a millisecond left.
    const columns = adds.map((each) => ({ ...each, ttlMs: each.ttlMs === 0 ? 0 : Math.max(1, each.ttlMs) }));
    const change = { adds: packEntries(columns), removes: packEntries(removes) };
    this.table.removeAll(change.removes);
    const now = bootMs();
    for (const each of adds)
      this.table
        .family(each.prefix.family)
        .set(each.prefix.address, 0, each.prefix.length, ACTIONS[each.action].flags, endOf(each.ttlMs, now));
    return this.tables.apply(change, this.table);
  }

  /** Makes the kernel hold exactly these. */
  async hold(entries: readonly Entry[]): Promise<void> {
    const removes = this.table.pack();
    this.table = new EntryTable<'boot'>();
    await this.tables.apply({ adds: NO_ENTRIES, removes }, this.table);
    await this.change(entries);
  }

  /** Runs one packet: the program's return value, and what it did to the counters. */
  run(packet: Uint8Array): { verdict: number; counted: DatapathCounters } {
    const before = this.tables.counters();
    const { verdict } = this.program.testRun({ data: packet });
    return { verdict, counted: difference(this.tables.counters(), before) };
  }

  /**
   * The same as in a flood, when processors remember what they dropped: two packets, of which the second is decided from memory
   * when bits alone drop the first.
   */
  runRemembered(packet: Uint8Array): { verdict: number; counted: DatapathCounters }[] {
    const counters = this.object.map(MAPS.counters);
    const key = new Uint8Array(4);
    const values = counters.lookup(key) ?? new Uint8Array(0);
    const view = new DataView(values.buffer);
    for (let at = 0; at < values.length; at += COUNTERS.bytes) {
      view.setUint32(at + COUNTERS.recentOn, 1, true);
      // More than the burst of a tick: a new tick would end the flood.
      view.setUint32(at + COUNTERS.tickDrops, 1000, true);
    }
    counters.update(key, values);
    return [this.run(packet), this.run(packet)];
  }

  async close(): Promise<void> {
    await this.tables.close();
    this.#grace.close();
    this.object.close();
  }
}

/** Well before now for what has ended: the two clocks are not the same to the millisecond. */
function endOf(ttlMs: number, now: number): number {
  if (ttlMs === 0) return 0;
  return ttlMs < 0 ? Math.max(1, now - 60_000) : now + ttlMs;
}

function difference(after: DatapathCounters, before: DatapathCounters): DatapathCounters {
  return {
    droppedPackets: after.droppedPackets - before.droppedPackets,
    droppedBytes: after.droppedBytes - before.droppedBytes,
    passedPackets: after.passedPackets - before.passedPackets,
    passedBytes: after.passedBytes - before.passedBytes,
    allowedPackets: after.allowedPackets - before.allowedPackets,
    monitoredPackets: after.monitoredPackets - before.monitoredPackets,
    malformedPackets: after.malformedPackets - before.malformedPackets,
    overtaggedPackets: after.overtaggedPackets - before.overtaggedPackets,
  };
}

/** The counters that a packet of `bytes` bytes moves. */
export function counts(
  outcome: 'passed' | 'dropped' | 'allowed' | 'monitored' | 'malformed' | 'overtagged',
  bytes: number,
): DatapathCounters {
  const dropped = outcome === 'dropped' || outcome === 'overtagged';
  return {
    droppedPackets: dropped ? 1n : 0n,
    droppedBytes: dropped ? BigInt(bytes) : 0n,
    passedPackets: dropped ? 0n : 1n,
    passedBytes: dropped ? 0n : BigInt(bytes),
    allowedPackets: outcome === 'allowed' ? 1n : 0n,
    monitoredPackets: outcome === 'monitored' ? 1n : 0n,
    malformedPackets: outcome === 'malformed' ? 1n : 0n,
    overtaggedPackets: outcome === 'overtagged' ? 1n : 0n,
  };
}
