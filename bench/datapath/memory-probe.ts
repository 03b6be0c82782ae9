// Prints the resident memory, in bytes, of a process that holds what an agent holds of a list of a million: the table and the
// datapath's own accounts of the kernel's maps.
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_LIMITS, mapSizes } from '../../agent/datapath/decision/limits.ts';
import { GracePeriod } from '../../agent/datapath/libbpf/grace-period.ts';
import { BpfObject } from '../../agent/datapath/libbpf/object.ts';
import { openTables } from '../../agent/datapath/tables/open-tables.ts';
import { EntryTable } from '../../common/entry-table.ts';
import { NO_ENTRIES } from '../../common/packed.ts';
import { OBJECT } from '../../test/datapath/packets-harness.ts';
import { makeList } from './sources.ts';

const ROWS_A_CHUNK = 50_000;

const object = BpfObject.load(OBJECT, { maxEntries: mapSizes(DEFAULT_LIMITS) });
const grace = new GracePeriod();
const tables = await openTables((name) => object.map(name), {
  limits: DEFAULT_LIMITS,
  gracePeriod: () => grace.wait(),
  onError: console.error,
});
const table = new EntryTable();
// As a snapshot comes in: in chunks into the table, then to the kernel by difference.
for (let from = 0; from < 1_000_000; from += ROWS_A_CHUNK) table.addAll(makeList(ROWS_A_CHUNK, 0, from), 0);
await tables.apply({ adds: NO_ENTRIES, removes: NO_ENTRIES }, new EntryTable());
await tables.reconcile(table);
await sleep(2000);
console.log(process.memoryUsage().rss);
await tables.close();
process.exit(0);
