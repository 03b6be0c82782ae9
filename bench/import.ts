// A million addresses: from a file into the kernels of real hosts (the command an operator types, a controller that makes it durable, an
// agent that proves it) against `nft -f` and `ipset restore` of the same list, hosts that were away, and a store that is full. And whom
// it delays meanwhile: the longest time for which the event loops of controller and agents were blocked.
// `--part one|three|away|store`: only that; default: all. REPETITIONS of the import, default 3.
import { parseArgs } from 'node:util';
import { away } from './import/away.ts';
import { makeScratch } from './import/bench-lab.ts';
import { fullStore } from './import/full-store.ts';
import { oneHost } from './import/one-host.ts';
import { threeHosts } from './import/three-hosts.ts';
import { reportPart } from './report.ts';

const PARTS = new Map([
  ['one', oneHost],
  ['three', threeHosts],
  ['away', away],
  ['store', fullStore],
]);

const { part } = parseArgs({ options: { part: { type: 'string' } } }).values;
if (part !== undefined && !PARTS.has(part)) throw new Error(`--part is one of ${[...PARTS.keys()].join(', ')}`);

using _ = makeScratch();
for (const [name, run] of PARTS) {
  if (part !== undefined && part !== name) continue;
  const { findings, details, stalls } = await run();
  reportPart('import', name, findings, { ...details, stalls });
  console.table(stalls);
}
