// Nanoseconds a run by BPF_PROG_TEST_RUN: one packet over and over with warm caches, which shows what the instructions cost,
// and a driver that gives the packet another source for every run, which shows what memory costs.
import { DEFAULT_LIMITS } from '../../agent/datapath/decision/limits.ts';
import type { XdpProgram } from '../../agent/datapath/libbpf/program.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import { packetFrom } from '../../test/datapath/packets/build.ts';
import { type Finding, stats } from '../report.ts';
import { LOAD_NAMES, LOADS, Results } from './contender.ts';
import { FLEETBLOCK, PARSE } from './packets.ts';
import { fleetblock, floors, hashLpm } from './programs.ts';
import { Rig } from './rig.ts';

/** Short and often, in turns: what disturbs the machine then meets both programs. */
const STATIC_RUNS = 200_000;
const STATIC_TURNS = 20;
const DRIVEN_RUNS = 500_000;

const CASES = [
  { name: 'IPv6 clean', source: '2001:db8::1', target: 1.4 },
  { name: 'IPv4 clean', source: '127.0.0.1', target: undefined },
] as const;

export async function measureTestRuns(
  list: PackedEntries<'left'>,
  repetitions: number,
): Promise<{ findings: Finding[]; results: Results }> {
  const rig = await Rig.open();
  const floor = (await floors()).program('parse_only');
  const ours = await fleetblock(list, DEFAULT_LIMITS);
  const programs = [
    { name: PARSE, program: floor },
    { name: FLEETBLOCK, program: ours },
    { name: 'hash + LPM, 1 M', program: await hashLpm(list) },
  ];
  const findings = CASES.map(({ name, source, target }) =>
    staticFinding(name, source, target, ours, floor, repetitions),
  );
  const results = new Results();
  for (let repetition = 0; repetition < repetitions; repetition++)
    for (const { name, program } of programs)
      for (const load of LOAD_NAMES) results.add(name, load, rig.driven(LOADS[load], program, DRIVEN_RUNS).added);
  results.print(`nanoseconds that a test run with another source each time adds, medians of ${repetitions}`, PARSE);
  const clean = results.median(FLEETBLOCK, 'clean');
  if (clean !== undefined)
    findings.push({ question: 'clean, a test run with another source each time', value: clean, unit: 'ns' });
  rig.close();
  return { findings, results };
}

function staticFinding(
  name: string,
  source: string,
  target: number | undefined,
  program: XdpProgram,
  floor: XdpProgram,
  repetitions: number,
): Finding {
  const data = packetFrom(source);
  // The kernel reports whole nanoseconds, too coarse here: the call's own time says more.
  const run = (each: XdpProgram) => {
    const started = performance.now();
    each.testRun({ data, repeat: STATIC_RUNS });
    return ((performance.now() - started) * 1e6) / STATIC_RUNS;
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < repetitions * STATIC_TURNS; turn++) {
    theirs.push(run(floor));
    ours.push(run(program));
  }
  return {
    question: `${name}, one packet over and over`,
    value: stats(ours).median,
    unit: 'ns',
    against: PARSE,
    ratio: stats(ours).median / stats(theirs).median,
    ...(target === undefined ? {} : { target: { relation: '<=' as const, ratio: target } }),
  };
}
