// A controller that dies between the change of a step and the record that it was made: the next one finds out which stage stands.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { packEntries } from '../../common/entries/packed.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import { type Selector, wholeOf } from '../../common/text/selector.ts';
import { bodyOf, callerOf, ROLLOUT, type Rollout, rolloutOf } from '../../controller/rollouts/rollout.ts';
import { listed, type SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const X = '203.0.113.0/24';
const BY = { caller: { role: 'admin', id: 'a', actor: 'admin/a', serial: '', from: '' }, reason: '' } as const;
const EVERYONE = wholeOf({ kind: 'all' });

let fleet: SyncFleet;
let hosts: SimulatedHost[];

beforeEach(async () => {
  fleet = await SyncFleet.start();
  hosts = await Promise.all(['a', 'b', 'c'].map((name) => fleet.agent(name)));
  await until('synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
});

const rollouts = () => fleet.server.controller.rollouts;
const held = () => hosts.reduce((sum, { datapath }) => sum + listed(datapath.held).length, 0);

async function started(): Promise<Rollout> {
  const { rollout: id } = await fleet.operator.block([X], { stages: { stages: ['1%', '100%'], bakeMs: 60_000 } });
  const rollout = rollouts()
    .list()
    .find((each) => each.id === id);
  if (!rollout) throw new Error('no rollout');
  return rollout;
}

/** As the store is after a kill: the next stage was meant, and `moved` or not. */
async function killed(rollout: Rollout, moved: Selector | undefined, state: Rollout['state']): Promise<void> {
  if (moved)
    await fleet.server.controller.changes.block({
      ...{
        prefixes: [X],
        action: 'block',
        origin: '',
        reason: '',
        ttlMs: 0,
        target: moved,
        inPlaceOf: rollout.selector,
      },
      ...{ caller: callerOf(rollout), arrivedMs: 0, dryRun: false, force: false, waitMs: undefined },
    });
  const body = bodyOf({ ...rollout, stage: 1, toward: EVERYONE, state });
  fleet.server.controller.rollouts.close();
  await fleet.server.store.changeSettings({ sets: [{ kind: ROLLOUT, name: rollout.id, body }] });
  await fleet.restart();
}

it('is done, and cannot be aborted, when its last step was made', async () => {
  const rollout = await started();
  await killed(rollout, EVERYONE, 'running');
  await expect(rollouts().abort(rollout.id, BY)).rejects.toThrow('is done already');
  await until('everywhere', () => held() === 3);
  expect(await fleet.operator.entries()).toMatchObject([{ prefix: X, expiresAtMs: '0' }]);
});

it('stays paused where it was when its step was not made, and nothing is left of it when it is aborted', async () => {
  const rollout = await started();
  await killed(rollout, undefined, 'paused');
  await until('settled', () => rollouts().list()[0]?.toward === undefined);
  expect(rollouts().list()).toMatchObject([{ state: 'paused', stage: 0 }]);
  expect(held()).toBe(1);
  await rollouts().abort(rollout.id, BY);
  await until('undone', () => held() === 0);
  expect(await fleet.operator.entries()).toEqual([]);
});

it('stays aborted after a restart although the disk was full when it was', async () => {
  const { id } = await started();
  const full = vi.spyOn(fleet.server.store, 'changeSettings').mockRejectedValue(new Error('disk full'));
  await expect(rollouts().abort(id, BY)).rejects.toThrow('disk full');
  full.mockRestore();
  const written = async () => (await fleet.server.store.settings(ROLLOUT)).map(({ body }) => rolloutOf(body)?.state);
  await until('written', async () => (await written()).join() === 'aborted', 20_000);
  expect((await fleet.operator.audit({ verb: 'rollout.abort' })).map(({ actor }) => actor)).toEqual(['admin/a']);
  await fleet.restart();
  expect(rollouts().list()).toMatchObject([{ state: 'aborted' }]);
});

const LIST = { action: 'block', actor: 'admin/a', reason: '', dryRun: false } as const;
const rows = (prefix: string) => [packEntries([{ prefix: parsePrefix(prefix), action: 'block', ttlMs: 0 }])];
const lists = async () => (await fleet.server.store.lists()).map(({ name }) => name);

it('leaves nothing beside a list that no rollout knows of, and forgets a rollout that cannot be read', async () => {
  const { store } = fleet.server;
  const nobody = { kind: 'stage', of: EVERYONE, below: 0, canaries: [] } as const;
  await store.replaceList({ ...LIST, name: 'feed', selector: EVERYONE, chunks: rows('198.51.100.0/24') });
  await store.replaceList({ ...LIST, name: 'feed~next', selector: nobody, chunks: rows(X) });
  await store.changeSettings({ sets: [{ kind: ROLLOUT, name: 'zzzzzz', body: '{"of":"a later version"}' }] });
  await fleet.operator.importList('open', rows('203.0.114.0/24'), {
    stages: { stages: ['1%', '100%'], bakeMs: 60_000 },
  });
  await fleet.restart();
  await until('swept', async () => !(await lists()).includes('feed~next'));
  // What a rollout that is open carries stays.
  expect((await lists()).sort()).toEqual(['feed', 'open~next', 'open~stage']);
  expect((await fleet.server.store.settings(ROLLOUT)).map(({ name }) => name)).toEqual([rollouts().list()[0]?.id]);
});

it('leaves nothing beside the list when its first stage fails', async () => {
  const { store } = fleet.server;
  const replaceList = store.replaceList.bind(store);
  const full = vi.spyOn(store, 'replaceList').mockImplementation((list) => {
    if (list.name.endsWith('~stage')) throw new Error('disk full');
    return replaceList(list);
  });
  const staged = { stages: { stages: ['1%', '100%'], bakeMs: 60_000 } };
  await expect(fleet.operator.importList('feed', rows(X), staged)).rejects.toThrow();
  full.mockRestore();
  expect(await lists()).toEqual([]);
  expect(rollouts().list()).toEqual([]);
});
