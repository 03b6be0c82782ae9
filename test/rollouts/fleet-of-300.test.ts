// A feed that turns bad, in a fleet of 300 simulated hosts: it stops at the first stage, and nothing is left of it on any host a minute
// later, also where the stream was cut as the host got it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { hostPosition } from '../../common/text/selector.ts';
import type { Rollout } from '../../controller/rollouts/rollout.ts';
import { caller, FEED, ListServer } from '../feeds/fleet.ts';
import { listed, SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const HOSTS = 300;
/** 1 % of them. */
const FIRST = 3;
const MINUTE_MS = 60_000;
const GOOD = Array.from({ length: 100 }, (_, i) => `198.51.100.${i}/32`);
/** Of the /8 networks that the guard lets a list name, this many. */
const networks = (count: number) => Array.from({ length: count }, (_, i) => `${i + 11}.0.0.0/8`);
const PEER = '203.0.113.9';

let server: ListServer;
let fleet: SyncFleet;
/** In the order of stages. */
let hosts: SimulatedHost[];

beforeAll(async () => {
  server = await ListServer.start();
  fleet = await SyncFleet.start();
  const identities = await fleet.enrollMany(HOSTS);
  identities.sort((a, b) => hostPosition(a.hostId) - hostPosition(b.hostId));
  hosts = identities.map((identity) => new SimulatedHost(fleet.address, identity));
  await until('synced', () => counts().synced === HOSTS, 300_000);
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
  await server.close();
});
beforeEach(async () => {
  turnInto(GOOD);
  // A machine's own addresses may be in a wide list by chance.
  await feeds().add({ ...FEED, url: server.url, skipRefused: true }, '', caller('admin'), false);
  await everywhere();
});
afterEach(async () => {
  for (const host of hosts) {
    host.datapath.onChange = () => {};
    host.mend();
  }
  await feeds().remove('test', false, caller('admin'), '');
});

const feeds = () => fleet.server.controller.feeds;
const rollouts = () => fleet.server.controller.rollouts;
const counts = () => fleet.server.controller.hostCounts();
const turnInto = (prefixes: readonly string[]) => server.text(`${prefixes.join('\n')}\n`);
const refresh = async (accept = false) =>
  (await feeds().refresh('test', { accept, dryRun: false, ignoreHosts: [] }, caller('operator'))).outcome;

/** All hosts hold what the feed said before, and have proved it. */
const everywhere = (text = GOOD) =>
  until(
    'the good list is everywhere',
    () =>
      counts().synced === HOSTS && hosts.every(({ datapath }) => listed(datapath.held).join() === blocks(text).join()),
    300_000,
  );
const blocks = (prefixes: readonly string[]) => prefixes.map((prefix) => `block ${prefix}`).sort();

/** What hosts get from now on: when the rows end, milliseconds from then. */
function watched(): Map<SimulatedHost, number[]> {
  const got = new Map<SimulatedHost, number[]>();
  for (const host of hosts)
    host.datapath.onChange = ({ adds: { v4 } }) => {
      got.set(host, [...(got.get(host) ?? []), ...v4.timesMs.subarray(0, v4.count)]);
    };
  return got;
}

/** They have its rows then, and can tell no one. */
function cutWithTheNextChange(...cut: (SimulatedHost | undefined)[]): void {
  for (const host of cut) {
    if (!host) throw new Error('no such host');
    const { onChange } = host.datapath;
    host.datapath.onChange = (change) => {
      host.datapath.onChange = onChange;
      onChange(change);
      host.cut();
    };
  }
}

function drops(host: SimulatedHost | undefined, address: string): boolean {
  const { family, address: bytes } = parsePrefix(address);
  return host?.datapath.lookup(family, bytes).verdict === 'drop';
}

/** The rollout that a feed has begun, when it is over. */
async function over(): Promise<Rollout> {
  const last = () => rollouts().list()[0];
  await until('the rollout is over', () => last()?.state !== 'running');
  const rollout = last();
  if (!rollout) throw new Error('no rollout');
  return rollout;
}

it('faults row 160: half of all addresses reach no host, and the widest list that an operator can accept three, which undo it although they are cut off', async () => {
  const got = watched();
  turnInto(networks(128));
  expect(await refresh()).toMatchObject({ kind: 'held', why: [expect.stringContaining('as many IPv4 addresses')] });
  expect(await refresh(true)).toMatchObject({ kind: 'held', why: [expect.stringContaining('at most 25 % may be')] });
  expect(got.size).toBe(0);

  const [first, second, third] = hosts;
  cutWithTheNextChange(first, second);
  turnInto(networks(60));
  await refresh();
  expect(await refresh(true)).toMatchObject({ kind: 'staged' });
  await until('the stage has it', () => got.size === FIRST);
  expect([first, second, third].map((host) => drops(host, '20.0.0.1'))).toEqual([true, true, true]);

  const { state, stage, why } = await over();
  expect({ state, stage }).toEqual({ state: 'halted', stage: 0 });
  const names = [first, second].map((host) => `${host?.name} (offline)`);
  expect([names.join(', '), names.reverse().join(', ')]).toContain(why.replace('hosts got worse: ', ''));
  // Nobody else ever had it, and whoever had it, had it with an end.
  expect([...got.keys()].sort(byName)).toEqual([first, second, third].sort(byName));
  for (const end of [...got.values()].flat()) {
    expect(end).toBeGreaterThan(0);
    expect(end).toBeLessThanOrEqual(MINUTE_MS);
  }
  await until('undone where it can be said', () => !drops(third, '20.0.0.1'));
  expect([first, second].map((host) => drops(host, '20.0.0.1'))).toEqual([true, true]);
  for (const host of [first, second]) host?.pass(MINUTE_MS);
  expect([first, second].map((host) => drops(host, '20.0.0.1'))).toEqual([false, false]);
  expect([first, second].map((host) => drops(host, '198.51.100.7'))).toEqual([true, true]);
  for (const host of [first, second]) host?.mend();
  await everywhere();
});

it('faults row 161: an established peer of one host in 300 stops a list at the first stage', async () => {
  const [first, second] = hosts;
  hosts.at(-1)?.sessions.push(parsePrefix(PEER));
  // The next status says so.
  await until('told', () =>
    fleet.server.controller.hub
      .stateOf(hosts.at(-1)?.identity.hostId ?? '')
      .protectedAddresses.some(({ prefix }) => formatPrefix(prefix) === `${PEER}/32`),
  );
  const got = watched();
  cutWithTheNextChange(first);
  const bad = Array.from({ length: 99 }, (_, i) => `198.51.101.${i}/32`);
  turnInto([...bad, '203.0.113.0/24']);
  expect(await refresh()).toMatchObject({ kind: 'staged' });
  const { state, stage, why } = await over();
  expect({ state, stage }).toEqual({ state: 'halted', stage: 0 });
  expect(why).toContain(`203.0.113.0/24 covers ${PEER}/32, which ${hosts.at(-1)?.name} talks to (ssh session)`);
  await until('undone where it can be said', () => !drops(second, PEER));
  const ends = [...got.values()].flat();
  expect(got.size).toBeLessThanOrEqual(FIRST);
  for (const end of ends) {
    expect(end).toBeGreaterThan(0);
    expect(end).toBeLessThanOrEqual(MINUTE_MS);
  }
  first?.pass(MINUTE_MS);
  expect(drops(first, PEER)).toBe(false);
  first?.mend();
  await everywhere();
});

function byName(a: SimulatedHost | undefined, b: SimulatedHost | undefined): number {
  return (a?.name ?? '').localeCompare(b?.name ?? '');
}
