// Drops on real drivers and on the devices above them: a guest's cards are wired to one that acts as the attacker, in a namespace of its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { examine } from '../../../agent/datapath/doctor/doctor.ts';
import { detachXdp } from '../../../agent/datapath/pins/detach.ts';
import { openXdpDatapath } from '../../../agent/datapath/xdp-datapath.ts';
import { Attacker } from '../../../lab/attacker.ts';
import { addNamespace } from '../../../lab/namespaces.ts';
import { patience } from '../../../lab/patience.ts';
import { until } from '../../../lab/program.ts';
import { freshPinDir, ip, quiet, run } from '../../datapath/network.ts';
import { adding, tableOf } from '../../datapath/tables-of.ts';

const NAMESPACE = 'attacker';
const HOST = '10.77.0.1';
const GOOD = '10.77.0.16';
/** Many sources, so that they are spread over the queues; all in the listed prefix. */
const LISTED = '10.77.0.128/28';
const BAD = Array.from({ length: 16 }, (_, i) => `10.77.0.${128 + i}`);

/** The card with that number in `guest.ts`. */
function card(number: number): string {
  const address = `52:54:00:fb:00:0${number}`;
  // A bond has its member's address, and the module a file of its own there.
  const found = readdirSync('/sys/class/net').find(
    (name) =>
      existsSync(`/sys/class/net/${name}/device`) &&
      readFileSync(`/sys/class/net/${name}/address`, 'utf8').trim() === address,
  );
  if (found === undefined) throw new Error(`there is no card ${number}: its driver has not taken it`);
  return found;
}

let attackersCard: string | undefined;

/** Gives the attacker its card, the first time, and its addresses on `tag` or untagged. */
async function attacker(tag: number | undefined): Promise<Attacker> {
  if (attackersCard === undefined) {
    attackersCard = card(0);
    await addNamespace(NAMESPACE);
    ip('link', 'set', attackersCard, 'netns', NAMESPACE);
    ip('-n', NAMESPACE, 'link', 'set', attackersCard, 'up');
    ip('-n', NAMESPACE, 'link', 'add', 'link', attackersCard, 'name', 'tagged', 'type', 'vlan', 'id', '100');
    ip('-n', NAMESPACE, 'link', 'set', 'tagged', 'up');
  }
  // Its neighbours too: the host had another card until now.
  for (const each of [attackersCard, 'tagged'])
    for (const what of ['address', 'neigh']) ip('-n', NAMESPACE, what, 'flush', 'dev', each);
  const on = tag === undefined ? attackersCard : 'tagged';
  for (const each of [GOOD, ...BAD]) ip('-n', NAMESPACE, 'address', 'add', `${each}/24`, 'dev', on);
  return new Attacker({ namespace: NAMESPACE });
}

/**
 * Attaches to `attached` and proves that packets to the host's address on `addressed` are dropped, and only listed ones.
 * @returns the mode, which is the one that the doctor promised
 */
async function drops(attached: string, addressed = attached, tag?: number): Promise<string> {
  const from = await attacker(tag);
  ip('address', 'add', `${HOST}/24`, 'dev', addressed);
  const { interfaces: promised } = await examine([attached], () => new Set());
  const pinDir = freshPinDir();
  const limits = { v4Addresses: 1000, v6Addresses: 1000, prefixes: 1000 };
  const datapath = await openXdpDatapath({ pinDir, interfaces: [attached], limits, logger: quiet });
  const ping = (source: string) => from.reaches(source, HOST, { count: 1, waitSeconds: patience(1) });
  const allReach = async () => (await Promise.all([GOOD, ...BAD].map(ping))).every((each) => each) || undefined;
  try {
    const [state] = datapath.interfaces();
    const mode = promised[0]?.expectedMode;
    if (state?.mode !== mode) throw new Error(`doctor promises ${mode}, and it is ${state?.mode}: ${state?.problem}`);
    // Drivers take the link down and up again for XDP.
    await until(`${attached} to let all through`, allReach);
    await datapath.apply(adding(LISTED), tableOf(LISTED));
    const passed = (await Promise.all(BAD.map(ping))).filter((each) => each).length;
    const dropped = Number(datapath.counters().droppedPackets);
    if (passed > 0 || dropped < BAD.length) throw new Error(`${passed} of ${BAD.length} passed, ${dropped} counted`);
    if (!(await ping(GOOD))) throw new Error(`${GOOD} is not listed and got no answer`);
    return `${mode}`;
  } finally {
    await datapath.closed();
    detachXdp(pinDir);
    ip('address', 'flush', 'dev', addressed);
  }
}

/** Receive queues on which XDP has dropped, of the whole life of the card. */
function droppingQueues(name: string): number {
  return [...run('ethtool', '-S', name).matchAll(/rx(?:_queue_)?[0-9]+_xdp_drops: ([0-9]+)/g)].filter(
    ([, count]) => count !== '0',
  ).length;
}

async function onCard(number: number): Promise<string> {
  const name = card(number);
  ip('link', 'set', name, 'up');
  try {
    return await drops(name);
  } finally {
    ip('link', 'set', name, 'down');
  }
}

/** Makes a device over the second virtio card, and removes it. */
async function over(words: readonly string[], check: (lower: string) => Promise<string>): Promise<string> {
  const lower = card(2);
  ip('link', 'add', ...words.map((word) => (word === 'LOWER' ? lower : word)));
  try {
    return await check(lower);
  } finally {
    ip('link', 'del', 'above0');
    ip('link', 'set', lower, 'down');
  }
}

/** By the names in `matrix.ts`. */
export const devices: Readonly<Record<string, () => Promise<string>>> = {
  e1000: () => onCard(1),
  'virtio-net, 1 queue': () => onCard(2),
  'virtio-net, 4 queues': async () => {
    const name = card(3);
    run('ethtool', '-L', name, 'combined', '4');
    const mode = await onCard(3);
    if (mode === 'native' && droppingQueues(name) < 2) throw new Error('all was dropped on one queue');
    return mode;
  },
  vmxnet3: () => onCard(4),
  VLAN: () =>
    over(['link', 'LOWER', 'name', 'above0', 'type', 'vlan', 'id', '100'], async (lower) => {
      for (const each of [lower, 'above0']) ip('link', 'set', each, 'up');
      return `${await drops(lower, 'above0', 100)} below it, ${await drops('above0', 'above0', 100)} on it`;
    }),
  bond: () =>
    over(['above0', 'type', 'bond', 'mode', 'active-backup', 'miimon', '100'], async (lower) => {
      ip('link', 'set', lower, 'master', 'above0');
      for (const each of [lower, 'above0']) ip('link', 'set', each, 'up');
      return drops('above0');
    }),
  bridge: () =>
    over(['above0', 'type', 'bridge'], async (lower) => {
      ip('link', 'set', lower, 'master', 'above0');
      for (const each of [lower, 'above0']) ip('link', 'set', each, 'up');
      return `${await drops(lower, 'above0')} on its port, ${await drops('above0')} on it`;
    }),
};
