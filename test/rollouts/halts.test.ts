// What halts a rollout while a stage is watched, through a whole controller: it is undone on every host.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePrefix } from '../../common/text/prefix.ts';
import { hostPosition } from '../../common/text/selector.ts';
import { listed, SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const X = '203.0.113.0/24';
const stages = { stages: ['1%', '100%'], bakeMs: 60_000 };

let fleet: SyncFleet;
/** In the order of stages. */
let hosts: SimulatedHost[];

beforeEach(async () => {
  fleet = await SyncFleet.start({ hub: { statusIntervalMs: 200 } });
  const identities = await fleet.enrollMany(3);
  identities.sort((a, b) => hostPosition(a.hostId) - hostPosition(b.hostId));
  // The first has room for 4 entries.
  hosts = identities.map((identity, i) => new SimulatedHost(fleet.address, identity, [], i === 0 ? 4 : undefined));
  await until('synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
});

const rollout = (id: string) => fleet.server.controller.rollouts.list().find((each) => each.id === id);
const halted = (id: string) => until('halted', () => rollout(id)?.state === 'halted');
const holding = () => hosts.map(({ datapath }) => listed(datapath.held).length).join();

it('a host of the stage that goes offline, although the others are well', async () => {
  const { rollout: id } = await fleet.operator.block([X], { stages });
  await hosts[0]?.stop();
  await halted(id);
  expect(rollout(id)?.why).toBe(`hosts got worse: ${hosts[0]?.name} (offline)`);
  expect(await fleet.operator.entries()).toEqual([]);
  // It cannot hear of it: what it holds ends by itself, a minute after it was last put off at the latest.
  const [end = 0] = [...(hosts[0]?.datapath.held.pack().v4.timesMs ?? [])];
  expect(end).toBeGreaterThan(0);
});

it('no host that was away before', async () => {
  await hosts[0]?.stop();
  await until('away', async () => (await fleet.operator.host(hosts[0]?.name ?? '')).status === 'offline');
  const { rollout: id } = await fleet.operator.block([X], {
    stages: { stages: ['80%', '100%'], bakeMs: 6000 },
    wait: null,
  });
  await until('done', () => rollout(id)?.state === 'done');
});

it('a host of the stage that has no room for it', async () => {
  const many = Array.from({ length: 9 }, (_, i) => `198.51.100.${i}`);
  const { rollout: id } = await fleet.operator.block(many, { stages });
  await halted(id);
  expect(rollout(id)?.why).toBe(`hosts got worse: ${hosts[0]?.name} (CAPACITY)`);
  expect(holding()).toBe('0,0,0');
});

it('an SSH session of any host of the target with somebody in it, before that host is reached', async () => {
  const { rollout: id } = await fleet.operator.block([X], { stages });
  hosts[2]?.sessions.push(parsePrefix('203.0.113.9'));
  await halted(id);
  expect(rollout(id)?.why).toBe(
    `${X} covers 203.0.113.9/32, which ${hosts[2]?.name} talks to (ssh session): --ignore-host ${hosts[2]?.name} if it is not to be believed`,
  );
  await until('undone', () => holding() === '0,0,0');
  expect((await fleet.operator.audit({ verb: 'rollout.halt' })).map(({ actor }) => actor)).toEqual(['system']);
});

it('a host of the stage that drops more packets per second than it may, all its entries together', async () => {
  // Counted by its kernel: 100,000 packets per second.
  for (const host of [hosts[0], hosts[2]])
    if (host)
      host.datapath.counted = {
        get droppedPackets() {
          return BigInt(Math.round(performance.now() * 100));
        },
      };
  const may = (haltDrops: number, prefix: string) =>
    fleet.operator.block([prefix], { stages: { ...stages, haltDrops } });
  const more = await may(10_000_000, '198.51.100.1');
  const { rollout: id } = await may(10_000, X);
  await halted(id);
  expect(rollout(id)?.why).toMatch(
    new RegExp(`^${hosts[0]?.name} drops [0-9]{5,6} packets per second: more than 10000$`),
  );
  expect(rollout(more.rollout)?.state).toBe('running');
  await until('undone', () => holding() === '1,0,0');
});

it('no host that is to be ignored, whatever it says that it talks to', async () => {
  hosts[2]?.sessions.push(parsePrefix('203.0.113.9'));
  await until('told', () =>
    fleet.server.controller.hub
      .stateOf(hosts[2]?.identity.hostId ?? '')
      .protectedAddresses.some(({ why }) => why === 'ssh session'),
  );
  const ignoreHosts = [hosts[2]?.name ?? ''];
  const { rollout: id } = await fleet.operator.block([X], {
    stages: { stages: ['1%', '100%'], bakeMs: 1000, ignoreHosts },
  });
  await until('done', () => rollout(id)?.state === 'done');
  const ignoring = (names: string[]) => fleet.operator.block([X], { stages: { ...stages, ignoreHosts: names } });
  await expect(ignoring(['nobody'])).rejects.toThrow('NOT_FOUND');
  await expect(ignoring(new Array<string>(65).fill('host0'))).rejects.toThrow('at most 64 hosts are ignored');
});
