// When a rollout may not go on although its hosts are well: who began it was revoked, or nobody knows what time it is.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../../common/time/clock.ts';
import { listed, type SimulatedHost, SyncFleet, until } from '../sync/fleet.ts';

const X = '203.0.113.0/24';
const BY = { actor: 'admin/admin', reason: '' };
const STAGES = { stages: ['1%', '100%'], bakeMs: 1000 };

let aheadMs: number;
/** Of both clocks: time that has passed. */
let passedMs: number;
const clock: Clock = {
  wallMs: () => Date.now() + passedMs + aheadMs,
  monotonicMs: () => performance.now() + passedMs,
};
let fleet: SyncFleet;
let hosts: SimulatedHost[];

beforeEach(async () => {
  aheadMs = 0;
  passedMs = 0;
  fleet = await SyncFleet.start({ clock });
  hosts = await Promise.all(['a', 'b', 'c'].map((name) => fleet.agent(name)));
  await until('synced', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await fleet.stop();
});

const rollouts = () => fleet.server.controller.rollouts;
const held = () => hosts.reduce((sum, { datapath }) => sum + listed(datapath.held).length, 0);

/** By a caller whose certificate or key was checked when the call came. */
function begun(id: string, actor: string, bakeMs: number) {
  return rollouts().block(
    {
      ...{ prefixes: [X], action: 'block', origin: 'manual', reason: '', target: { kind: 'all' }, ttlMs: 0 },
      ...{ caller: { role: 'operator', id, actor, serial: '', from: '' }, arrivedMs: 0, waitMs: undefined },
      ...{ dryRun: false, force: false },
    },
    { ...STAGES, bakeMs, haltDrops: 0, ignoreHosts: [] },
  );
}

it('is halted and undone when the API key that began it is revoked', async () => {
  const { store } = fleet.server;
  const secretHash = createHash('sha256').update('secret').digest();
  await store.createApiKey({ id: 'k', name: 'feeds', role: 'operator', origin: '', secretHash, expiresMs: 0 }, BY);
  await begun('apikey/feeds', 'apikey/feeds', 5000);
  await store.revokeApiKey('feeds', BY);
  await until('halted', () => rollouts().list()[0]?.state === 'halted');
  expect(rollouts().list()[0]?.why).toBe('apikey/feeds, who began it, was revoked');
  await until('undone', () => held() === 0);
});

it('is halted when the operator who began it has no certificate that counts', async () => {
  await begun('bob', 'operator/bob', 1000);
  await until('halted', () => rollouts().list()[0]?.state === 'halted');
  expect(rollouts().list()[0]?.why).toBe('operator/bob, who began it, was revoked');
});

it('stays at its stage, and none begins, while the clock is in doubt', async () => {
  await fleet.operator.block([X], { stages: STAGES });
  aheadMs = 3 * 3_600_000;
  await fleet.restart();
  const since = rollouts().list()[0]?.stageMs ?? 0;
  await until('hosts are back', async () => (await fleet.operator.hosts()).every((host) => host.status === 'synced'));
  await until('watched again', () => (rollouts().list()[0]?.stageMs ?? 0) > since + 3 * STAGES.bakeMs);
  expect(rollouts().list()).toMatchObject([{ state: 'running', stage: 0 }]);
  await expect(begun('bob', 'operator/bob', 1000)).rejects.toThrow('is in doubt');
});

it('is halted when it has been paused for a day', async () => {
  const { rollout: id } = await fleet.operator.block([X], { stages: { ...STAGES, bakeMs: 60_000 } });
  await rollouts().pause(id, {
    caller: { role: 'admin', id: 'a', actor: 'admin/a', serial: '', from: '' },
    reason: '',
  });
  passedMs = 86_400_000;
  await until('halted', () => rollouts().list()[0]?.state === 'halted');
  expect(rollouts().list()[0]?.why).toBe('it stayed at its stage for a day: begin it again');
  expect(await fleet.operator.entries()).toEqual([]);
});
