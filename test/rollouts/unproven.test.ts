// A stage whose hosts are away, and a controller in quarantine: a rollout says what it waits for, and ends.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../../common/time/clock.ts';
import { listed, SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const X = '203.0.113.0/24';

let aheadMs: number;
const clock: Clock = { wallMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() + aheadMs };
let fleet: SyncFleet;
let host: SimulatedHost;

beforeEach(async () => {
  aheadMs = 0;
  fleet = await SyncFleet.start({ clock });
  host = await fleet.agent('web1');
  await until('synced', async () => (await fleet.operator.host('web1')).status === 'synced');
});
afterEach(async () => {
  await host.stop();
  await fleet.stop();
});

const rollouts = () => fleet.server.controller.rollouts;
const store = () => fleet.server.store;
const quarantine = () => fleet.server.controller.hub.quarantine;
const last = () => rollouts().list()[0];
const begin = (bakeMs: number) => fleet.operator.block([X], { stages: { stages: ['1%', '100%'], bakeMs } });

it('faults row 185: names the hosts that it waits for, and is halted and undone when they do not come', async () => {
  await host.stop();
  await until('offline', async () => (await fleet.operator.host('web1')).status === 'offline');
  await begin(1000);
  await until('it says so', () => last()?.why === 'waits for proof: web1 (offline)');
  expect(last()?.state).toBe('running');
  // Its end is put off meanwhile: half a minute at a time, and not for ever.
  for (let half = 0; half < 12 && last()?.state === 'running'; half++) {
    const { head } = store();
    aheadMs += 31_000;
    await until('renewed or over', () => store().head > head || last()?.state === 'halted');
  }
  await until('halted', () => last()?.state === 'halted');
  expect(last()?.why).toBe('not proven in 5m: web1 (offline)');
  expect(await fleet.operator.entries()).toEqual([]);
});

it('has its end put off also when what it waits for is another thing at every look, and writes it seldom', async () => {
  await host.stop();
  await until('offline', async () => (await fleet.operator.host('web1')).status === 'offline');
  const { hub } = fleet.server.controller;
  const stateOf = hub.stateOf.bind(hub);
  let looks = 0;
  hub.stateOf = (id) => ({ ...stateOf(id), problems: [`${++looks} entries are missing`] });
  const write = store().changeSettings.bind(store());
  let written = 0;
  store().changeSettings = (change) => {
    written++;
    return write(change);
  };
  await begin(1000);
  await until('it says so', () => last()?.why.startsWith('waits for proof: web1 (') === true);
  for (let half = 0; half < 3; half++) {
    const { head } = store();
    const before = looks;
    aheadMs += 31_000;
    await until('renewed', () => store().head > head);
    await until('looked at again', () => looks > before + 6);
  }
  expect(last()?.state).toBe('running');
  expect(await fleet.operator.entries()).toHaveLength(1);
  // It began, said that it waits, and said it again with every renewal.
  expect(written).toBeLessThanOrEqual(5);
});

it('goes on when its host comes, and says no more that it waits', async () => {
  await host.stop();
  await until('offline', async () => (await fleet.operator.host('web1')).status === 'offline');
  await begin(1000);
  await until('it says so', () => last()?.why.startsWith('waits for proof') === true);
  host = new SimulatedHost(fleet.address, host.identity);
  await until('done', () => last()?.state === 'done');
  expect(last()?.why).toBe('');
});

it('faults row 186: a quarantine neither halts nor aborts it in name alone', async () => {
  await begin(60_000);
  expect(listed(host.datapath.held)).toEqual([`block ${X}`]);
  const { id = '' } = last() ?? {};
  quarantine().enter('another', 'it has a newer revision');
  const by = { caller: { role: 'admin', id: 'a', actor: 'admin/a', serial: '', from: '' } as const, reason: '' };
  await expect(rollouts().abort(id, by)).rejects.toThrow(/quarantine/);
  aheadMs += 31_000;
  const since = last()?.stageMs ?? 0;
  await until('a tick', () => (last()?.stageMs ?? 0) > since);
  expect(last()).toMatchObject({ state: 'running', why: '' });
  quarantine().release('another');
  await rollouts().abort(id, by);
  await until('undone', () => listed(host.datapath.held).length === 0);
});
