// What does the datapath cost a packet, and how quickly do lists get into it? Floors and peers are measured in the same run,
// in turns. Runs itself in a network namespace of its own.
import { execa } from 'execa';
import { DEFAULT_LIMITS } from '../agent/datapath/decision/limits.ts';
import { BpfObject } from '../agent/datapath/libbpf/object.ts';
import { packetFrom } from '../test/datapath/packets-build.ts';
import { compile } from './datapath/compile.ts';
import { measureMaps } from './datapath/maps.ts';
import {
  fleetblock,
  hashLpm,
  LOADS,
  type LoadName,
  measure,
  nanoseconds,
  peerContenders,
  type Results,
  xdpContender,
} from './datapath/packets.ts';
import { Rig } from './datapath/rig.ts';
import { makeList } from './datapath/sources.ts';
import { type Finding, report, stats } from './report.ts';

const REPETITIONS = Number(process.env.REPETITIONS ?? 7);
const FRAMES = 300_000;
const STATIC_RUNS = 2_000_000;
const INSIDE = 'FLEETBLOCK_BENCH_NAMESPACE';

const BARE = 'bare XDP_DROP';
const FLEETBLOCK = 'fleetblock, 1 M';

if (process.env[INSIDE] === undefined) {
  const command = ['-n', process.execPath, ...process.argv.slice(1)];
  const { exitCode } = await execa('unshare', command, { stdio: 'inherit', env: { [INSIDE]: '1' }, reject: false });
  process.exit(exitCode ?? 1);
}

const rig = await Rig.open();
const list = makeList(1_000_000, 10_000);
const small = makeList(10_000, 100);
const floors = BpfObject.load(await compile('bench/datapath/programs/floors.bpf.c', 'floors'), { frags: false });
const all: readonly LoadName[] = ['clean', 'few', 'all', 'prefixes'];
const million = await fleetblock(list, DEFAULT_LIMITS);
const contenders = [
  xdpContender(BARE, floors.program('bare_drop'), all, rig),
  xdpContender('parse only', floors.program('parse_only'), ['clean'], rig),
  xdpContender(FLEETBLOCK, million, all, rig),
  xdpContender('fleetblock, 10,000', await fleetblock(small, DEFAULT_LIMITS), ['clean', 'few'], rig),
  xdpContender('fleetblock, empty', await fleetblock(makeList(0, 0), DEFAULT_LIMITS), ['clean'], rig),
  xdpContender(
    'fleetblock, 1 M, no front bitmap',
    await fleetblock(list, DEFAULT_LIMITS, 'FB_WITHOUT_FRONT'),
    all,
    rig,
  ),
  xdpContender('hash + LPM, 1 M', await hashLpm(list), all, rig),
  ...(await peerContenders(list)),
];
const results = await measure(rig, contenders, REPETITIONS, FRAMES);

const findings: Finding[] = [
  ...packetFindings(results),
  ...staticFindings(),
  ...(await measureMaps(list, Math.min(5, REPETITIONS))),
];
printLoads(results);
report('datapath', findings, {
  nanosecondsAFrame: Object.fromEntries([...results].map(([name, loads]) => [name, Object.fromEntries(loads)])),
});
rig.close();
process.exit(0);

/** Throughput of fleetblock over that of a peer on the same load: more is better. */
function packetFindings(measured: Results): Finding[] {
  const ns = (name: string, load: LoadName) => nanoseconds(measured, name, load);
  const found: Finding[] = [];
  const rate = (load: LoadName, against: string, target: number, peerLoad: LoadName = load) => {
    if (Number.isNaN(ns(against, peerLoad))) return;
    found.push({
      question: `${LOADS[load].name}, list of 1 M: packets/s`,
      value: 1000 / ns(FLEETBLOCK, load),
      unit: 'M/s',
      against,
      ratio: ns(against, peerLoad) / ns(FLEETBLOCK, load),
      target: { relation: '>=', ratio: target },
    });
  };
  const added = (name: string, against: string, target: number) => {
    if (Number.isNaN(ns(against, 'clean'))) return;
    const floor = ns(BARE, 'clean');
    found.push({
      question: `clean, ${name}: added`,
      value: ns(name, 'clean') - floor,
      unit: 'ns',
      against,
      ratio: (ns(name, 'clean') - floor) / (ns(against, 'clean') - floor),
      target: { relation: '<=', ratio: target },
    });
  };
  rate('clean', BARE, 0.66);
  added(FLEETBLOCK, 'hash + LPM, 1 M', 0.35);
  added(FLEETBLOCK, 'xdp-filter, clean', 1.1);
  added('fleetblock, 10,000', 'xdp-filter, clean', 0.35);
  rate('few', BARE, 0.8);
  rate('few', 'xdp-filter, its 10,000', 1.15);
  rate('few', 'nft ingress set of 10,000', 2.5);
  rate('few', 'iptables raw, 1 rule', 2.5);
  rate('prefixes', BARE, 0.9);
  rate('all', BARE, 0.42);
  rate('all', 'nft ingress set of 1 M', 2);
  return found;
}

/** One packet, warm caches: what the instructions cost. */
function staticFindings(): Finding[] {
  const cases = [
    { name: 'IPv6 clean', program: million, floor: floors.program('parse_only'), source: '2001:db8::1', target: 1.4 },
    {
      name: 'IPv4 clean',
      program: million,
      floor: floors.program('parse_only'),
      source: '127.0.0.1',
      target: undefined,
    },
  ];
  return cases.map(({ name, program, floor, source, target }) => {
    const data = packetFrom(source);
    // The kernel reports whole nanoseconds, too coarse here: the call's own time says more.
    const run = (each: typeof program) => {
      const started = performance.now();
      each.testRun({ data, repeat: STATIC_RUNS });
      return ((performance.now() - started) * 1e6) / STATIC_RUNS;
    };
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      theirs.push(run(floor));
      ours.push(run(program));
    }
    return {
      question: `${name}, one packet over and over`,
      value: stats(ours).median,
      unit: 'ns',
      against: 'parse only',
      ratio: stats(ours).median / stats(theirs).median,
      ...(target === undefined ? {} : { target: { relation: '<=' as const, ratio: target } }),
    };
  });
}

function printLoads(measured: Results): void {
  console.log(`nanoseconds a frame, medians of ${REPETITIONS} (over bare XDP_DROP on the same load)`);
  for (const name of measured.keys()) {
    const cells = all.map((load) => {
      const median = nanoseconds(measured, name, load);
      const floor = nanoseconds(measured, BARE, load);
      return Number.isNaN(median) ? '' : `${LOADS[load].name} ${median} (+${median - floor})`;
    });
    console.log(`  ${name.padEnd(34)}${cells.map((cell) => cell.padEnd(32)).join('')}`.trimEnd());
  }
  console.log();
}
