// Lists in and out of the kernel: a million entries, one more, read back, changed for another million; and the kernel's memory for
// it. What an agent's process weighs is bench/agent.ts's question.
import { DEFAULT_LIMITS, mapSizes } from '../../agent/datapath/decision/limits.ts';
import { GracePeriod } from '../../agent/datapath/libbpf/grace-period.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import { openTables } from '../../agent/datapath/tables/open-tables.ts';
import { EntryTable } from '../../common/entries/entry-table.ts';
import { NO_ENTRIES, type PackedEntries } from '../../common/entries/packed.ts';
import { type Finding, stats } from '../report.ts';
import { compile } from './compile.ts';
import { keysOf, makeList } from './sources.ts';

const ONES = 500;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export async function measureMaps(list: PackedEntries<'left'>, repetitions: number): Promise<Finding[]> {
  const hashPath = await compile('bench/datapath/programs/hash-lpm.bpf.c', 'hash-lpm', 'CLEAN_IS_DROP');
  const path = await compile('bpf/fleetblock.bpf.c', 'fleetblock-maps');
  const addresses = keysOf(list.v4, (length) => length === 32, false);
  const table = new EntryTable<'boot'>();
  table.addLeft(list, 0);
  const other = makeList(1_000_000, 0, 2_000_000);
  const otherTable = new EntryTable<'boot'>();
  otherTable.addLeft(other, 0);
  const times = { hash: [0], load: [0], readBack: [0], one: [0], replace: [0], remove: [0], adopt: [0] };
  for (const samples of Object.values(times)) samples.length = 0;
  let kernelBytes = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const hash = BpfObject.load(hashPath, { frags: false });
    times.hash.push(
      await timed(() => hash.map('addresses').updateBatch(addresses.keys, addresses.values, addresses.rows)),
    );
    hash.close();
    const object = BpfObject.load(path, { maxEntries: mapSizes(DEFAULT_LIMITS) });
    const grace = new GracePeriod();
    const open = () =>
      openTables((name) => object.map(name), {
        limits: DEFAULT_LIMITS,
        gracePeriod: () => grace.wait(),
        onError: (error) => {
          throw error;
        },
      });
    const tables = await open();
    times.load.push(await timed(() => tables.apply({ adds: list, removes: NO_ENTRIES }, table)));
    kernelBytes = object.pinnable().reduce((sum, map) => sum + map.memoryBytes(), 0);
    times.readBack.push(
      await timed(async () => {
        const { differences } = await tables.verify(table);
        if (differences !== 0) throw new Error(`${differences} differences in what was read back`);
      }),
    );
    times.adopt.push(
      await timed(async () => {
        await (await open()).close();
      }),
    );
    const grown = table.clone();
    for (let i = 0; i < ONES; i++) {
      const one = makeList(1, 0, 4_000_000 + i);
      grown.addLeft(one, 0);
      times.one.push((await tables.apply({ adds: one, removes: NO_ENTRIES }, grown)) / 1000);
    }
    times.replace.push(await timed(() => tables.reconcile(otherTable)));
    times.remove.push(await timed(() => tables.apply({ adds: NO_ENTRIES, removes: other }, new EntryTable<'boot'>())));
    await tables.close();
    grace.close();
    object.close();
  }
  const median = (samples: readonly number[]) => stats(samples).median;
  return [
    {
      question: '1 M entries into the running datapath',
      value: median(times.load),
      unit: 'ms',
      against: 'batch load of a preallocated hash',
      ratio: median(times.load) / median(times.hash),
      target: { relation: '<=', ratio: 2 },
    },
    {
      question: '1 M entries read back, with digest',
      value: median(times.readBack),
      unit: 'ms',
      limit: { relation: '<=', value: 1000 },
    },
    {
      question: 'one entry more, beside 1 M',
      value: median(times.one) * 1000,
      unit: 'us',
      limit: { relation: '<=', value: 200 },
    },
    { question: 'one entry more, beside 1 M: 99th percentile', value: stats(times.one).p99 * 1000, unit: 'us' },
    { question: '1 M entries changed for another 1 M', value: median(times.replace), unit: 'ms' },
    { question: '1 M entries removed', value: median(times.remove), unit: 'ms' },
    { question: 'pinned maps with 1 M entries adopted', value: median(times.adopt), unit: 'ms' },
    {
      question: 'kernel memory of all maps, 1 M entries',
      value: kernelBytes / 1e6,
      unit: 'MB',
      limit: { relation: '<=', value: 120 },
    },
  ];
}
