// The XDP programs that are measured, loaded and filled.
import { type Limits, mapSizes } from '../../agent/datapath/decision/limits.ts';
import { GracePeriod } from '../../agent/datapath/libbpf/grace-period.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import type { XdpProgram } from '../../agent/datapath/libbpf/program.ts';
import { openTables } from '../../agent/datapath/tables/open-tables.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import { compile } from './compile.ts';
import { keysOf } from './sources.ts';

/** What no filter can be quicker than: `bare_drop`, `parse_only`. */
export async function floors(): Promise<BpfObject> {
  return BpfObject.load(await compile('bench/datapath/programs/floors.bpf.c', 'floors'), { frags: false });
}

/** Loads a variant of fleetblock's program over a list; a clean verdict drops, so that the stack's cost stays out. */
export async function fleetblock(
  list: PackedEntries<'left'>,
  limits: Limits,
  ...defines: string[]
): Promise<XdpProgram> {
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
  const table = new EntryTable<'boot'>();
  table.addLeft(list, 0);
  await tables.apply({ adds: list, removes: NO_ENTRIES }, table);
  return object.program('fleetblock');
}

export async function hashLpm(list: PackedEntries<'left'>): Promise<XdpProgram> {
  const path = await compile('bench/datapath/programs/hash-lpm.bpf.c', 'hash-lpm', 'CLEAN_IS_DROP');
  const object = BpfObject.load(path, { frags: false });
  const addresses = keysOf(list.v4, (length) => length === 32, false);
  await object.map('addresses').updateBatch(addresses.keys, addresses.values, addresses.rows);
  const prefixes = keysOf(list.v4, (length) => length < 32, true);
  await object.map('prefixes').updateBatch(prefixes.keys, prefixes.values, prefixes.rows);
  return object.program('hash_lpm');
}
