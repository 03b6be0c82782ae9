// Lists that reach their hosts in stages, through a whole controller: what they add is staged, what they remove goes last.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { hostPosition } from '../../common/text/selector.ts';
import type { ImportBegin } from '../../controller/operations/lists/lists.ts';
import { inStagesWhenLarge } from '../../controller/rollouts/large-changes.ts';
import { inOrder } from '../../controller/rollouts/staged-lists.ts';
import { listed, type SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const OLD = ['198.51.100.0/24', '198.51.101.0/24'];
const NEW = ['198.51.101.0/24', '198.51.102.0/24', '203.0.113.0/24'];

let fleet: SyncFleet;
/** In the order of stages. */
let hosts: SimulatedHost[];

beforeEach(async () => {
  fleet = await SyncFleet.start({ hub: { statusIntervalMs: 200 } });
  const agents = await Promise.all(['a', 'b', 'c'].map((name) => fleet.agent(name)));
  hosts = agents.sort((a, b) => hostPosition(a.identity.hostId) - hostPosition(b.identity.hostId));
  await until('synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
});

const rollouts = () => fleet.server.controller.rollouts;
const rollout = (id: string) =>
  rollouts()
    .list()
    .find((each) => each.id === id);
const held = () => hosts.map(({ datapath }) => listed(datapath.held).map((row) => row.replace('block ', '')));
const rowsOf = (prefixes: string[]) => [
  packEntries(prefixes.map((text) => ({ prefix: parsePrefix(text), action: 'block' as const, ttlMs: 0 }))),
];
/** Of a program, which keeps this list. */
const program = (): ImportBegin => ({
  caller: { role: 'operator', id: 'feed', actor: 'feed/x', serial: '', from: '', origin: 'list:x' },
  ...{ name: 'x', target: { kind: 'all' }, action: 'block', reason: '', meant: [] },
  ...{ dryRun: false, force: false, skipRefused: false, waitMs: 20_000 },
});
const HALTS = { haltDrops: 0, ignoreHosts: [] };
const load = (prefixes: string[], bakeMs = 0) =>
  fleet.operator.importList(
    'feed',
    rowsOf(prefixes),
    bakeMs === 0 ? {} : { stages: { stages: ['1%', '100%'], bakeMs } },
  );
const names = async () => (await fleet.server.store.lists()).map(({ name }) => name);

it('adds stage by stage, removes with the last, and leaves nothing beside the list', async () => {
  await load(OLD);
  const reply = await load(NEW, 1000);
  expect(reply).toMatchObject({ added: '2', removed: '1', unchanged: '1', hosts: { targeted: 1, enforced: 1 } });
  expect(held()).toEqual([[...OLD, ...NEW.slice(1)], OLD, OLD]);
  // Rows that stand aside are no one's.
  expect((await fleet.operator.entries()).map(({ origin }) => origin)).not.toContain('list:feed~next');
  await until('done', () => rollout(reply.rollout)?.state === 'done');
  await until('everywhere', () => held().every((rows) => rows.join() === NEW.join()));
  expect(hosts.flatMap(({ datapath }) => [...datapath.held.pack().v4.timesMs]).every((end) => end === 0)).toBe(true);
  expect(await names()).toEqual(['feed']);
});

it('is undone by an abort, and the old list stays as it was', async () => {
  await load(OLD);
  const { rollout: id } = await load(NEW, 60_000);
  await expect(load(NEW, 60_000)).rejects.toThrow(`rollout ${id} of list:feed is running`);
  await rollouts().abort(id, {
    caller: { role: 'admin', id: 'a', actor: 'admin/a', serial: '', from: '' },
    reason: '',
  });
  await until('undone', () => held().every((rows) => rows.join() === OLD.join()));
  expect(await names()).toEqual(['feed']);
});

it('goes on after a restart', async () => {
  const { rollout: id } = await load(NEW, 3000);
  await fleet.restart();
  await until('done', () => rollout(id)?.state === 'done');
  await until('everywhere', () => held().every((rows) => rows.join() === NEW.join()));
});

it('stages nothing of what is excepted, and is halted when somebody else changes the list', async () => {
  await load(OLD);
  await fleet.operator.unblock(['203.0.113.0/24'], { origin: 'list:feed' });
  const { rollout: id } = await load(NEW, 2000);
  expect(held()[0]).toEqual([...OLD, '198.51.102.0/24']);
  await load(['198.51.103.0/24']);
  await until('halted', () => rollout(id)?.state === 'halted');
  expect(rollout(id)?.why).toBe('list feed was changed meanwhile');
  await until('undone', () => held().every((rows) => rows.join() === '198.51.103.0/24'));
});

it('of a program, goes in stages when much of it changes, and at once when little does', async () => {
  const { controller } = fleet.server;
  const lists = inStagesWhenLarge(controller.lists, controller.rollouts, fleet.server.store);
  const many = Array.from({ length: 200 }, (_, i) => `11.0.${i}.0/24`);
  const begin = program();
  await lists.import(begin, inOrder(rowsOf(many)), HALTS);
  await lists.import(begin, inOrder(rowsOf(many.slice(20))), HALTS);
  expect(rollouts().list()).toEqual([]);
  expect(held().map(({ length }) => length)).toEqual([180, 180, 180]);
  const other = many.map((text) => text.replace('11.0', '11.1'));
  expect(await lists.import(begin, inOrder(rowsOf(other)), HALTS)).toMatchObject({
    hosts: { targeted: 1, enforced: 1 },
    added: 200,
  });
  expect(held().map(({ length }) => length)).toEqual([380, 180, 180]);
  await expect(lists.import(begin, inOrder(rowsOf(many)), HALTS)).rejects.toThrow('its next change waits');
  // All of it ends within a minute, without anybody.
  const ends = [...(hosts[0]?.datapath.held.pack().v4.timesMs ?? [])].filter((end) => end > 0);
  expect(ends).toHaveLength(200);
  expect(rollouts().list()).toMatchObject([{ state: 'running', bakeMs: 30_000 }]);
});

it('is halted at the first stage when somebody that a host talks to is in it', async () => {
  await load(OLD);
  hosts[2]?.sessions.push(parsePrefix('203.0.113.9'));
  const { rollout: id } = await load(NEW, 60_000);
  await until('halted', () => rollout(id)?.state === 'halted');
  expect(rollout(id)?.why).toContain('203.0.113.0/24 covers 203.0.113.9/32');
  await until('undone', () => held().every((rows) => rows.join() === OLD.join()));
  expect(await names()).toEqual(['feed']);
});

it('goes on for one of two that are asked for at a time', async () => {
  await load(OLD);
  const both = await Promise.allSettled([load(NEW, 1000), load(['203.0.113.9/32'], 1000)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(rollouts().list()).toHaveLength(1);
});

it('begins no rollout when the guard leaves out all that the list adds', async () => {
  await load(OLD);
  const stages = { stages: ['1%', '100%'], bakeMs: 60_000 };
  const reply = await fleet.operator.importList('feed', rowsOf(['127.0.0.0/24', OLD[0] ?? '']), {
    stages,
    skipRefused: true,
  });
  expect(reply).toMatchObject({ added: '0', removed: '1', skipped: '1', rollout: '' });
  await until('everywhere', () => held().every((rows) => rows.join() === OLD[0]));
});

it('of a program, goes in stages when a few rows are many addresses', async () => {
  const { controller, store } = fleet.server;
  const lists = inStagesWhenLarge(controller.lists, controller.rollouts, store);
  const many = Array.from({ length: 100 }, (_, i) => `11.0.${i}.0/24`);
  const put = (prefixes: string[]) => lists.import(program(), inOrder(rowsOf(prefixes)), HALTS);
  await put(many);
  await put([...many, '11.1.0.0/24']);
  expect(rollouts().list()).toEqual([]);
  await put([...many, '12.0.0.0/10']);
  expect(rollouts().list()).toMatchObject([{ state: 'running', carries: { rows: 1 } }]);
  expect(held().map(({ length }) => length)).toEqual([102, 101, 101]);
});

it('refuses a long list whose stages would outlast a minute on hosts that are cut off', async () => {
  const many = Array.from({ length: 50_001 }, (_, i) => `11.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`);
  await expect(load(many, 31_000)).rejects.toThrow('say --bake 30s');
  expect(await names()).toEqual([]);
  await load(many, 30_000);
  const [end = 0] = [...(hosts[0]?.datapath.held.pack().v4.timesMs ?? [])];
  expect(end).toBeGreaterThan(0);
  expect(rollouts().list()).toMatchObject([{ state: 'running', carries: { rows: 50_001 } }]);
});
