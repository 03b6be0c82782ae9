// What no report blocks, whatever its policy says.
import { expect, it } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import { systemClock } from '../../common/time/clock.ts';
import { startController } from '../controller.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { MemoryState } from '../store/memory/state.ts';

it('refuses the address from which somebody has called in the last days', async () => {
  const store = new MemoryStore({ disk: { state: new MemoryState() }, clock: systemClock });
  const calledFrom = (address: string) => (address === '198.51.100.7' ? 'operator/carl' : undefined);
  const log = createLogger('test', 'silent');
  const controller = await startController({ store, clock: systemClock, log, calledFrom });
  const policy = { pattern: 'hook:x', scope: 'fleet', maxDurationMs: 60_000, maxClaims: 10, rate: 100, quorum: 1 };
  await controller.detectors.policies.set(policy, { actor: 'admin/alice', reason: '' });
  const rows = (unban: boolean, ...all: string[]) => all.map((prefix) => ({ prefix, ttlMs: 0, unban }));
  const door = { actor: 'hook/x', from: '192.0.2.1:1' };
  const { refused } = await controller.detectors.fromDoor(door, {
    source: 'hook:x',
    rows: rows(false, '198.51.100.7', '198.51.100.8'),
  });
  expect(refused).toMatchObject([{ row: 0, reason: expect.stringContaining('from where operator/carl has called') }]);
  expect(
    (await controller.detectors.fromDoor(door, { source: 'hook:x', rows: rows(true, '198.51.100.8') })).refused,
  ).toEqual([]);
  await controller.close();
});

it('asks the guard once per second for all hosts, and not for what is over', async () => {
  const store = new MemoryStore({ disk: { state: new MemoryState() }, clock: systemClock });
  const secretHash = new Uint8Array(32);
  const by = { actor: 'admin/alice', reason: '' };
  const time = { ms: 0 };
  const clock = { wallMs: () => systemClock.wallMs(), monotonicMs: () => time.ms };
  let looks = 0;
  const connected = () => {
    looks++;
    return [];
  };
  const controller = await startController({ store, clock, log: createLogger('test', 'silent'), connected });
  const expiresMs = systemClock.wallMs() + 60_000;
  await store.createToken({ id: 't', secretHash, expiresMs, maxUses: 1, labels: {}, hostName: '' }, by);
  await store.enroll({ tokenId: 't', secretHash, hostId: 'h', hostName: 'web', labels: {}, from: 'test' });
  const policy = { pattern: 'x:y', scope: 'fleet', maxDurationMs: 60_000, maxClaims: 100, rate: 1000, quorum: 1 };
  await controller.detectors.policies.set(policy, by);
  const say = async (prefix: string, unban: boolean) => {
    const { refused } = await controller.detectors.fromHost(
      'h',
      {
        source: 'x:y',
        rows: [{ prefix, ttlMs: 0, unban }],
      },
      false,
    );
    expect(refused).toEqual([]);
    return looks;
  };
  const first = await say('198.51.100.1', false);
  expect(await say('198.51.100.1', true)).toBe(first);
  for (const last of [2, 3, 4]) expect(await say(`198.51.100.${last}`, false)).toBe(first);
  time.ms += 1000;
  expect(await say('198.51.100.5', false)).toBe(first + 1);
  await controller.close();
});
