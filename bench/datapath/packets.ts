// Live frames end to end: every contender meets every load in turn, several times over, and the medians are compared.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Limits, mapSizes } from '../../agent/datapath/decision/limits.ts';
import { GracePeriod } from '../../agent/datapath/libbpf/grace-period.ts';
import { XdpLink } from '../../agent/datapath/libbpf/link.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import type { XdpProgram } from '../../agent/datapath/libbpf/program.ts';
import { openTables } from '../../agent/datapath/tables/open-tables.ts';
import { EntryTable } from '../../common/entry-table.ts';
import { NO_ENTRIES, type PackedEntries } from '../../common/packed.ts';
import { stats } from '../report.ts';
import { compile } from './compile.ts';
import { iptablesRaw, isInstalled, nftIngress, type Undo, XDP_FILTER_ENTRIES, xdpFilter } from './peers.ts';
import type { Load, Rig } from './rig.ts';
import { keysOf } from './sources.ts';

export const LOADS = {
  clean: { name: 'clean', kind: 'random', count: 0 },
  few: { name: 'attack from 10,000', kind: 'addresses', count: 10_000 },
  all: { name: 'attack from all', kind: 'addresses', count: 1_000_000 },
  prefixes: { name: 'attack in prefixes', kind: 'prefixes', count: 10_000 },
} as const satisfies Record<string, Load>;

export type LoadName = keyof typeof LOADS;

interface Contender {
  readonly name: string;
  readonly loads: readonly LoadName[];
  /** Puts it on the attacked end. */
  attach(): Promise<Undo>;
}

/** Contender -> load -> nanoseconds a frame of each repetition. */
export type Results = Map<string, Map<LoadName, number[]>>;

/** Loads a variant of fleetblock's program over a list; a clean verdict drops, so that the stack's cost stays out. */
export async function fleetblock(list: PackedEntries, limits: Limits, ...defines: string[]) {
  const path = await compile(
    'bpf/fleetblock.bpf.c',
    `fleetblock-${defines.join('-') || 'plain'}`,
    'FB_CLEAN_IS_DROP',
    ...defines,
  );
  const object = BpfObject.load(path, { maxEntries: mapSizes(limits), frags: false });
  const grace = new GracePeriod();
  const tables = await openTables((name) => object.map(name), {
    limits,
    gracePeriod: () => grace.wait(),
    onError: (error) => {
      throw error;
    },
  });
  const table = new EntryTable();
  table.addAll(list, 0);
  await tables.apply({ adds: list, removes: NO_ENTRIES }, table);
  return object.program('fleetblock');
}

export async function hashLpm(list: PackedEntries): Promise<XdpProgram> {
  const path = await compile('bench/datapath/programs/hash-lpm.bpf.c', 'hash-lpm', 'CLEAN_IS_DROP');
  const object = BpfObject.load(path, { frags: false });
  const addresses = keysOf(list.v4, (length) => length === 32, false);
  await object.map('addresses').updateBatch(addresses.keys, addresses.values, addresses.rows);
  const prefixes = keysOf(list.v4, (length) => length < 32, true);
  await object.map('prefixes').updateBatch(prefixes.keys, prefixes.values, prefixes.rows);
  return object.program('hash_lpm');
}

export function xdpContender(name: string, program: XdpProgram, loads: readonly LoadName[], rig: Rig): Contender {
  return {
    name,
    loads,
    attach: async () => {
      const link = XdpLink.create(program, rig.attackedIndex, 'native');
      return async () => link.close();
    },
  };
}

/** Those of the peers that are installed here. `list`: its addresses come before its prefixes. */
export async function peerContenders(list: PackedEntries): Promise<Contender[]> {
  const contenders: Contender[] = [];
  if (await isInstalled('xdp-filter')) {
    contenders.push({ name: 'xdp-filter, its 10,000', loads: ['few'], attach: () => xdpFilter(list.v4, 'allow') });
    contenders.push({ name: 'xdp-filter, clean', loads: ['clean'], attach: () => xdpFilter(list.v4, 'deny') });
  }
  if (await isInstalled('nft')) {
    const few = () => nftIngress(list.v4, XDP_FILTER_ENTRIES);
    contenders.push({ name: 'nft ingress set of 10,000', loads: ['few'], attach: few });
    contenders.push({
      name: 'nft ingress set of 1 M',
      loads: ['few', 'all'],
      attach: () => nftIngress(list.v4, 1_000_000),
    });
  }
  if (await isInstalled('iptables'))
    contenders.push({ name: 'iptables raw, 1 rule', loads: ['few'], attach: iptablesRaw });
  return contenders;
}

/** `frames` a measurement, after a tenth of that to warm up. */
export async function measure(
  rig: Rig,
  contenders: readonly Contender[],
  repetitions: number,
  frames: number,
): Promise<Results> {
  const results: Results = new Map(contenders.map(({ name }) => [name, new Map()]));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const { name, loads, attach } of contenders) {
      const undo = await attach();
      await sleep(20);
      for (const load of loads) {
        rig.live(LOADS[load], frames / 10);
        const samples = results.get(name)?.get(load) ?? [];
        samples.push(rig.live(LOADS[load], frames));
        results.get(name)?.set(load, samples);
      }
      await undo();
    }
  }
  return results;
}

/** Median nanoseconds a frame; NaN for what was not measured. */
export function nanoseconds(results: Results, name: string, load: LoadName): number {
  const samples = results.get(name)?.get(load);
  return samples ? stats(samples).median : Number.NaN;
}
