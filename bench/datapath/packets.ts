// Live frames end to end: every contender meets every load in turn, several times over, and the medians are compared.
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '../../agent/datapath/decision/limits.ts';
import type { PackedEntries } from '../../common/entries/packed.ts';
import type { Finding } from '../report.ts';
import { type Contender, LOAD_NAMES, LOADS, type LoadName, Results, xdpContender } from './contender.ts';
import { iptablesContenders, nftContenders, xdpFilterContenders } from './peers.ts';
import { fleetblock, floors, hashLpm } from './programs.ts';
import { type Placement, Rig } from './rig.ts';
import { makeList } from './sources.ts';

const FRAMES = 300_000;
/** Fills the caches, and lets the program find out what sort of traffic it is. */
const WARM_UP = 600_000;

export const BARE = 'bare XDP_DROP';
export const PARSE = 'parse only';
export const FLEETBLOCK = 'fleetblock, 1 M';
const SHORT = 'fleetblock, 10,000';
const HASH = 'hash + LPM, 1 M';

export interface PacketOptions {
  readonly placement: Placement;
  /** Beside the programs: nftables, iptables and ipset instead of the variants of fleetblock. */
  readonly netfilter: boolean;
  readonly repetitions: number;
  /** Contenders whose names it does not match are left out. */
  readonly only: RegExp;
}

export async function measurePackets(
  list: PackedEntries<'left'>,
  options: PacketOptions,
): Promise<{ findings: Finding[]; results: Results }> {
  const rig = await Rig.open(options.placement);
  const wanted = ({ name }: { name: string }) => options.only.test(name);
  const made = options.netfilter ? await besideNetfilter(list, rig) : await programs(list, rig, wanted);
  const results = new Results();
  for (let repetition = 0; repetition < options.repetitions; repetition++)
    for (const contender of made.filter(wanted)) await measureOne(rig, contender, results);
  results.print(`nanoseconds a frame, rig: ${options.placement}, medians of ${options.repetitions}`, BARE);
  rig.close();
  return { findings: options.netfilter ? netfilterFindings(results) : findings(results, options.placement), results };
}

async function measureOne(rig: Rig, { name, loads, attach }: Contender, results: Results): Promise<void> {
  const undo = await attach();
  await sleep(20);
  for (const load of loads) {
    rig.live(LOADS[load], WARM_UP);
    results.add(name, load, rig.live(LOADS[load], FRAMES));
  }
  await undo();
}

async function programs(
  list: PackedEntries<'left'>,
  rig: Rig,
  wanted: (each: { name: string }) => boolean,
): Promise<Contender[]> {
  const floor = await floors();
  const short = makeList(10_000, 100);
  const variants = [
    { name: FLEETBLOCK, list, defines: [], loads: LOAD_NAMES },
    { name: SHORT, list: short, defines: [], loads: ['clean', 'few'] },
    { name: 'fleetblock, empty', list: makeList(0, 0), defines: [], loads: ['clean'] },
    { name: 'fleetblock, 1 M, nothing remembered', list, defines: ['FB_WITHOUT_RECENT'], loads: LOAD_NAMES },
    { name: 'fleetblock, 1 M, no front', list, defines: ['FB_WITHOUT_FRONT'], loads: LOAD_NAMES },
  ] as const;
  const contenders = [
    xdpContender(BARE, floor.program('bare_drop'), LOAD_NAMES, rig),
    xdpContender(PARSE, floor.program('parse_only'), LOAD_NAMES, rig),
  ];
  for (const { name, list: entries, defines, loads } of variants.filter(wanted))
    contenders.push(xdpContender(name, await fleetblock(entries, DEFAULT_LIMITS, ...defines), loads, rig));
  if (wanted({ name: HASH })) contenders.push(xdpContender(HASH, await hashLpm(list), LOAD_NAMES, rig));
  return [...contenders, ...(await xdpFilterContenders(list.v4))];
}

async function besideNetfilter(list: PackedEntries<'left'>, rig: Rig): Promise<Contender[]> {
  const floor = await floors();
  return [
    xdpContender(BARE, floor.program('bare_drop'), LOAD_NAMES, rig),
    xdpContender(FLEETBLOCK, await fleetblock(list, DEFAULT_LIMITS), LOAD_NAMES, rig),
    ...(await iptablesContenders(list.v4)),
    ...(await nftContenders(list.v4)),
  ];
}

/** Throughput of `name` over that of a peer on the same load: more is better. */
function rate(results: Results, load: LoadName, against: string, target?: number): Finding[] {
  const ours = results.median(FLEETBLOCK, load);
  const theirs = results.median(against, load);
  if (ours === undefined || theirs === undefined) return [];
  return [
    {
      question: `${LOADS[load].name}, list of 1 M: packets/s`,
      value: 1000 / ours,
      unit: 'M/s',
      against,
      ratio: theirs / ours,
      ...(target === undefined ? {} : { target: { relation: '>=', ratio: target } }),
    },
  ];
}

/** What `name` adds to a clean packet over what a peer adds: less is better. */
function added(results: Results, name: string, against: string, target: number): Finding[] {
  const floor = results.median(BARE, 'clean');
  const ours = results.median(name, 'clean');
  const theirs = results.median(against, 'clean');
  if (floor === undefined || ours === undefined || theirs === undefined) return [];
  return [
    {
      question: `clean, ${name}: added`,
      value: ours - floor,
      unit: 'ns',
      against,
      ratio: (ours - floor) / (theirs - floor),
      target: { relation: '<=', ratio: target },
    },
  ];
}

/** As issue 3 asks, and what each load adds in plain nanoseconds: a ratio to the floor says much about the floor. */
function findings(results: Results, placement: Placement): Finding[] {
  const plain = LOAD_NAMES.flatMap((load): Finding[] => {
    const floor = results.median(BARE, load);
    const ours = results.median(FLEETBLOCK, load);
    if (floor === undefined || ours === undefined) return [];
    return [
      {
        question: `${LOADS[load].name}, list of 1 M: added to ${floor.toFixed(0)} ns of ${BARE}`,
        value: ours - floor,
        unit: 'ns',
      },
    ];
  });
  return [
    ...rate(results, 'clean', BARE, 0.66),
    ...added(results, FLEETBLOCK, HASH, 0.35),
    ...added(results, FLEETBLOCK, 'xdp-filter, clean', 1.1),
    ...added(results, SHORT, 'xdp-filter, clean', 0.35),
    ...rate(results, 'few', BARE, 0.8),
    ...rate(results, 'few', 'xdp-filter, its 10,000', 1.15),
    ...rate(results, 'prefixes', BARE, 0.9),
    ...rate(results, 'all', BARE, 0.42),
    // Reading a packet costs the same whatever is done with its contents.
    ...(placement === 'apart' ? LOAD_NAMES.flatMap((load) => rate(results, load, PARSE)) : []),
    ...plain,
  ];
}

function netfilterFindings(results: Results): Finding[] {
  return [
    ...rate(results, 'few', 'iptables raw, 1 rule', 2.5),
    ...rate(results, 'few', 'iptables raw, 1,000 rules'),
    ...rate(results, 'few', 'iptables raw, 10,000 rules'),
    ...rate(results, 'few', 'ipset hash:ip of 1 M in raw'),
    ...rate(results, 'all', 'ipset hash:ip of 1 M in raw'),
    ...rate(results, 'few', 'nft ingress set of 10,000', 2.5),
    ...rate(results, 'few', 'nft ingress set of 1 M', 2.5),
    ...rate(results, 'all', 'nft ingress set of 1 M', 2),
    ...rate(results, 'prefixes', 'nft interval set of 1 M + 10,000', 8),
  ];
}
