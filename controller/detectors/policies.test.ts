// Policies as a store has them, also one that another version wrote.
import { expect, it } from 'vitest';
import { createLogger } from '../../common/logger.ts';
import { systemClock } from '../../common/time/clock.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { MemoryState } from '../store/memory/state.ts';
import { Policies } from './policies.ts';

const BY = { actor: 'admin/alice', reason: '' };
const log = createLogger('test', 'silent');
const policy = { scope: 'fleet', maxDurationMs: 60_000, maxClaims: 10, rate: 10, quorum: 1 };

it('faults row 192: leaves out what it cannot read, lets its sources block nothing, and has it set again or removed', async () => {
  const store = new MemoryStore({ disk: { state: new MemoryState() }, clock: systemClock });
  const body = (more: object) => JSON.stringify({ ...policy, ...more });
  const sets = [
    { name: 'fail2ban:*', body: body({ pattern: 'fail2ban:*' }) },
    { name: 'fail2ban:newer', body: body({ pattern: 'fail2ban:newer', burst: 7 }) },
    { name: 'fail2ban:torn', body: '{"pattern"' },
  ];
  await store.changeSettings({ sets: sets.map((each) => ({ kind: 'detector', ...each })) });
  const policies = await Policies.load(store, log);
  expect(policies.list().map(({ policy: { pattern, scope } }) => `${pattern} ${scope}`)).toEqual([
    'fail2ban:* fleet',
    'fail2ban:newer unreadable',
    'fail2ban:torn unreadable',
  ]);
  expect(['fail2ban:sshd', 'fail2ban:torn'].map((source) => policies.unreadable(source))).toEqual([
    undefined,
    'fail2ban:torn',
  ]);
  expect(['sshd', 'newer', 'torn'].map((name) => policies.for(`fail2ban:${name}`)?.pattern)).toEqual([
    'fail2ban:*',
    undefined,
    undefined,
  ]);
  await policies.set({ pattern: 'fail2ban:newer', ...policy }, BY);
  await policies.remove('fail2ban:torn', BY);
  const again = await Policies.load(store, log);
  expect(again.for('fail2ban:newer')?.pattern).toBe('fail2ban:newer');
  expect(again.for('fail2ban:torn')?.pattern).toBe('fail2ban:*');
});

it('counts sources without a policy, a bounded number of each host, until they have one', async () => {
  const store = new MemoryStore({ disk: { state: new MemoryState() }, clock: systemClock });
  const policies = await Policies.load(store, log);
  const refused = { taken: 0, refused: 1, delayed: 0, lastRefusal: 'no policy', lastDelay: undefined };
  expect(policies.count('fail2ban:sshd', 'agent/good', refused)).toMatchObject({ firstRefused: true });
  expect(policies.count('fail2ban:sshd', 'agent/good', refused)).toMatchObject({ firstRefused: false });
  for (let i = 0; i < 200; i++) policies.count(`x:${i}`, 'agent/evil', refused);
  expect(policies.count('y:z', 'agent/good', refused)).toMatchObject({ firstRefused: true });
  expect(policies.list()).toHaveLength(1 + 20 + 1);
  expect(policies.list()[0]).toMatchObject({ policy: { pattern: 'fail2ban:sshd', scope: 'none' }, refused: 2 });
  await policies.set({ pattern: 'fail2ban:*', ...policy }, BY);
  for (const kind of ['x', 'y']) await policies.set({ pattern: `${kind}:*`, ...policy }, BY);
  expect(policies.list()).toMatchObject([
    { policy: { pattern: 'fail2ban:*' }, refused: 0, lastRefusal: '' },
    { policy: { pattern: 'x:*' }, refused: 0 },
    { policy: { pattern: 'y:*' }, refused: 0 },
  ]);
});
