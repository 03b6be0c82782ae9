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

it('leaves out what it cannot read, lets its sources block nothing, and has it set again or removed', async () => {
  const store = new MemoryStore({ disk: { state: new MemoryState() }, clock: systemClock });
  const body = (more: object) => JSON.stringify({ ...policy, ...more });
  const sets = [
    { name: 'fail2ban:*', body: body({ pattern: 'fail2ban:*' }) },
    { name: 'fail2ban:newer', body: body({ pattern: 'fail2ban:newer', burst: 7 }) },
    { name: 'fail2ban:torn', body: '{"pattern"' },
  ];
  await store.changeSettings({ sets: sets.map((each) => ({ kind: 'detector', ...each })) });
  const policies = await Policies.load(store, log);
  expect(policies.list().map((each) => each.policy.pattern)).toEqual(['fail2ban:*']);
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
