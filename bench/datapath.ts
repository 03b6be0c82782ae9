// What the datapath costs per packet, and how quickly lists get into it. Floors and peers are measured in the same run,
// in turns. Runs itself in namespaces of its own. A part takes one to four minutes.
//
//   node bench/datapath.ts [--part NAME]... [--only PATTERN]
//     --part  one of PARTS (all, without it); the results of the others stay in bench/results/datapath.json
//     --only  contenders whose name the pattern matches, beside the floors; nothing is written then
//   REPETITIONS=N  measurements of everything that is compared (5)
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { BARE, measurePackets, PARSE } from './datapath/packets.ts';
import { makeList } from './datapath/sources.ts';
import { type Finding, reportPart } from './report.ts';

const PARTS = ['together', 'single', 'apart', 'netfilter', 'test-runs', 'maps'] as const;
type PartName = (typeof PARTS)[number];

const INSIDE = 'FLEETBLOCK_BENCH_NAMESPACE';
const repetitions = Number(process.env.REPETITIONS ?? 5);

const { values } = parseArgs({ options: { part: { type: 'string', multiple: true }, only: { type: 'string' } } });
const unknown = values.part?.find((name) => !PARTS.some((part) => part === name));
if (unknown !== undefined) {
  console.error(`there is no part ${unknown}: take ${PARTS.join(', ')}`);
  process.exit(2);
}
const parts = PARTS.filter((part) => values.part === undefined || values.part.includes(part));

if (process.env[INSIDE] === undefined) {
  // A part a process: each has interfaces, tables and a heap of its own.
  for (const part of parts) {
    const only = values.only === undefined ? [] : ['--only', values.only];
    const command = ['-n', '-m', process.execPath, import.meta.filename, '--part', part, ...only];
    const { exitCode } = await execa('unshare', command, { stdio: 'inherit', env: { [INSIDE]: '1' }, reject: false });
    if (exitCode !== 0) process.exit(exitCode ?? 1);
  }
  process.exit(0);
}

for (const part of parts) {
  const { findings, details } = await measure(part);
  console.log(`${part}:`);
  if (values.only === undefined) reportPart('datapath', part, findings, details);
  console.log();
}
process.exit(0);

async function measure(part: PartName): Promise<{ findings: readonly Finding[]; details: object }> {
  const list = makeList(1_000_000, 10_000);
  if (part === 'maps') {
    const { measureMaps } = await import('./datapath/maps.ts');
    return { findings: await measureMaps(list, repetitions), details: {} };
  }
  if (part === 'test-runs') {
    const { measureTestRuns } = await import('./datapath/test-runs.ts');
    const { findings, results } = await measureTestRuns(list, repetitions);
    return { findings, details: { nanosecondsAdded: results } };
  }
  const { findings, results } = await measurePackets(list, {
    placement: part === 'netfilter' ? 'together' : part,
    netfilter: part === 'netfilter',
    repetitions,
    only: new RegExp(values.only === undefined ? '' : `^${BARE}$|^${PARSE}$|${values.only}`),
  });
  return { findings, details: { nanosecondsAFrame: results } };
}
