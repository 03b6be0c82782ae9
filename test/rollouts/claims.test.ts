// Single claims that reach their hosts in stages, through a whole controller and real agents on the memory datapath.
import { setTimeout } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostPosition } from '../../common/text/selector.ts';
import type { Rollout } from '../../controller/rollouts/rollout.ts';
import { listed, type SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const X = '203.0.113.0/24';
const Y = '198.51.100.7/32';
const BY = { caller: { role: 'admin', id: 'a', actor: 'admin/a', serial: '', from: '' }, reason: 'enough' } as const;

let fleet: SyncFleet;
/** In the order of stages. */
let hosts: SimulatedHost[];

beforeEach(async () => {
  fleet = await SyncFleet.start();
  const agents = await Promise.all(
    ['a', 'b', 'c'].map((name) => fleet.agent(name, name === 'b' ? { canary: 'yes' } : {})),
  );
  hosts = agents.sort((a, b) => hostPosition(a.identity.hostId) - hostPosition(b.identity.hostId));
  await until('synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
});

const rollouts = () => fleet.server.controller.rollouts;
const rollout = (id: string): Rollout | undefined =>
  rollouts()
    .list()
    .find((each) => each.id === id);
const holding = () => hosts.map(({ datapath }) => listed(datapath.held).length);
const ends = (host: SimulatedHost | undefined) => [...(host?.datapath.held.pack().v4.timesMs ?? [])];
const start = (stages: string[], bakeMs: number, prefixes = [X]) =>
  fleet.operator.block(prefixes, { stages: { stages, bakeMs }, reason: 'scan' });
const audited = async () =>
  (await fleet.operator.audit()).map(({ verb }) => verb).filter((verb) => verb.startsWith('rollout'));

it('goes from stage to stage, each one more hosts, and ends as the claim that was asked for', async () => {
  const { rollout: id, hosts: proof } = await start(['40%', '80%', '100%'], 1000);
  expect(proof).toMatchObject({ targeted: 1, enforced: 1 });
  expect(holding()).toEqual([1, 0, 0]);
  expect(ends(hosts[0])[0]).toBeGreaterThan(0);
  const seen = new Set<string>();
  await until('done', () => {
    seen.add(holding().join(' '));
    return rollout(id)?.state === 'done';
  });
  await until('everywhere', () => holding().every((count) => count === 1));
  expect([...seen].filter((each) => !['1 0 0', '1 1 0', '1 1 1', '1 0 1'].includes(each))).toEqual([]);
  expect(seen).toContain('1 1 0');
  await until('with its own end', () => hosts.flatMap(ends).every((end) => end === 0));
  expect(await fleet.operator.entries()).toMatchObject([
    { prefix: X, selector: { allHosts: true }, expiresAtMs: '0', reason: 'scan', actor: 'admin/admin' },
  ]);
  expect(await audited()).toEqual(['rollout.start', 'rollout.stage', 'rollout.done']);
});

it('begins with the hosts of a label', async () => {
  await start(['canary=yes', '100%'], 60_000);
  expect(hosts.filter(({ datapath }) => listed(datapath.held).length > 0).map(({ name }) => name)).toEqual(['b']);
});

it('stays while it is paused, goes on when it is resumed, and is undone at once when it is aborted', async () => {
  const { rollout: id } = await start(['1%', '100%'], 1000);
  expect(await rollouts().pause(id, BY)).toMatchObject({ state: 'paused', why: 'enough' });
  await expect(rollouts().pause(id, BY)).rejects.toThrow('is paused already');
  expect(holding()).toEqual([1, 0, 0]);
  await rollouts().resume(id, BY);
  const other = await start(['1%', '100%'], 60_000, [Y]);
  await until('done', () => rollout(id)?.state === 'done' && holding().join() === '2,1,1');
  await rollouts().abort(other.rollout, BY);
  await until('undone', () => holding().join() === '1,1,1');
  expect((await fleet.operator.entries()).map(({ prefix }) => prefix)).toEqual([X]);
  await expect(rollouts().abort(other.rollout, BY)).rejects.toThrow('is aborted already');
  await expect(rollouts().abort('zzzzzz', BY)).rejects.toThrow('there is no rollout');
});

it('goes on after a restart of the controller, and is done once', async () => {
  const { rollout: id } = await start(['1%', '100%'], 5000);
  await fleet.restart();
  expect(rollout(id)).toMatchObject({ state: 'running', stage: 0 });
  await until('done', () => rollout(id)?.state === 'done');
  await until('everywhere', () => holding().join() === '1,1,1');
  expect(await audited()).toEqual(['rollout.start', 'rollout.done']);
});

it('has one record of its beginning, however slow the disk', async () => {
  const { store } = fleet.server;
  const write = store.changeSettings.bind(store);
  let written = 0;
  // For as long as the controller looks at its rollouts three times.
  store.changeSettings = async (change) => {
    if (written++ === 0) await setTimeout(1600);
    await write(change);
  };
  const { rollout: id } = await start(['1%', '100%'], 1000);
  await until('done', () => rollout(id)?.state === 'done');
  expect(await audited()).toEqual(['rollout.start', 'rollout.done']);
});

it('is one at a time of a prefix, its origin and its hosts, and others may go beside it', async () => {
  await start(['1%', '100%'], 60_000, [X, Y]);
  await expect(start(['50%', '100%'], 60_000, ['198.51.100.7'])).rejects.toThrow('for the same hosts');
  await start(['1%', '100%'], 60_000, ['198.51.100.8']);
  expect(rollouts().list()).toHaveLength(2);
});

it('is one of two that are asked for at once, and holds', async () => {
  const both = await Promise.allSettled([start(['1%', '100%'], 1000), start(['1%', '100%'], 1000)]);
  expect(both.flatMap((each) => (each.status === 'rejected' ? [each.reason.message] : []))).toEqual([
    expect.stringContaining('for the same hosts'),
  ]);
  await until('done', () => rollouts().list()[0]?.state === 'done' && holding().join() === '1,1,1');
  expect(rollouts().list()).toHaveLength(1);
});

it('never brings back what was unblocked meanwhile', async () => {
  const { rollout: id } = await start(['1%', '100%'], 1000, [X, Y]);
  await fleet.operator.unblock([X]);
  await until('done', () => rollout(id)?.state === 'done');
  await until('everywhere', () => holding().join() === '1,1,1');
  expect((await fleet.operator.entries()).map(({ prefix }) => prefix)).toEqual([Y]);
  const all = await start(['1%', '100%'], 1000);
  await fleet.operator.unblock([X]);
  await until('halted', () => rollout(all.rollout)?.state === 'halted');
  expect(rollout(all.rollout)?.why).toContain('nothing of it is left');
});

it.each([
  [['10%', '50%'], 60_000, 'the last of all hosts'],
  [['100%'], 60_000, 'a rollout has 2 to 10 stages'],
  [['50%', '10%', '100%'], 60_000, 'every stage is larger'],
  [['1%', '100%'], 10, 'is watched from 1s to 1h'],
  [['some', '100%'], 60_000, 'is not a stage'],
  [['canary=no', '100%'], 60_000, 'no host of the target is canary=no'],
])('%j, watched for %i ms, is refused: %s', async (stages, bakeMs, words) => {
  await expect(start(stages, bakeMs)).rejects.toMatchObject({ details: expect.stringContaining(words) });
  expect(rollouts().list()).toEqual([]);
  expect(await fleet.operator.entries()).toEqual([]);
});

it('is refused with what waits for somebody, and where the guard refuses', async () => {
  const stages = { stages: ['1%', '100%'], bakeMs: 60_000 };
  const code = status.INVALID_ARGUMENT;
  await expect(fleet.operator.block([X], { stages, confirmMs: 60_000 })).rejects.toMatchObject({ code });
  await expect(fleet.operator.block(['127.0.0.0/8'], { stages })).rejects.toMatchObject({
    details: expect.stringContaining('loopback'),
  });
  expect(rollouts().list()).toEqual([]);
});

it('changes nothing in a dry run', async () => {
  const stages = { stages: ['1%', '100%'], bakeMs: 60_000 };
  expect(await fleet.operator.block([X], { stages, dryRun: true })).toMatchObject({
    hosts: { targeted: 1 },
    rollout: '',
  });
  expect(rollouts().list()).toEqual([]);
});
