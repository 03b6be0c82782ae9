// What every store does with changes that wait to be confirmed: what holds until the deadline, what a confirmation makes of it, and what
// is there afterwards.
import { describe, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { AddClaims } from '../../claims/change.ts';
import { gathered, type Harness } from './harness.ts';

const X = '203.0.113.0/24';
const ADMIN = { actor: 'admin/alice', reason: '', mayForce: true };

/** Changes that wait, over what is there, confirmed, undone and replaced. */
export function confirmationsContract(h: Harness): void {
  const START = h.clock.now;
  const pass = (ms: number) => {
    h.clock.now += ms;
  };
  const add = (more: Partial<AddClaims> = {}) => h.add([X], { reason: '', ...more });
  const awaited = (ms: number, id = 'aaaaaa') => ({ confirm: { id, deadlineMs: h.clock.now + ms } });
  const claims = () => h.claims({ expired: true });
  const ends = async () => (await claims()).map(({ expiresMs }) => (expiresMs === 0 ? 'never' : expiresMs - START));
  const audited = async () => (await gathered(h.store.audit({}))).map(({ verb, subject }) => `${verb} ${subject}`);

  describe('a block that waits', () => {
    it('ends at the deadline in every kernel, and is kept for good when it is confirmed', async () => {
      const made = await add(awaited(60_000));
      expect(made).toMatchObject({ outcomes: ['ADDED'], unconfirmed: true });
      expect(await ends()).toEqual([60_000]);
      expect(await h.store.nextExpiryMs()).toBe(START + 60_000);
      expect(await h.store.confirmations()).toMatchObject([
        { id: 'aaaaaa', deadlineMs: START + 60_000, forced: false },
      ]);
      pass(59_999);
      const confirmed = await h.store.confirm('aaaaaa', ADMIN);
      expect(confirmed).toMatchObject({ outcomes: ['UPDATED'], revision: made.revision + 1n });
      expect(confirmed.prefixes.map(formatPrefix)).toEqual([X]);
      expect(await ends()).toEqual(['never']);
      pass(1_000_000);
      expect(await h.store.expireClaims(h.clock.now)).toMatchObject({ removed: 0, undone: [] });
      expect(await ends()).toEqual(['never']);
      expect(await audited()).toEqual([
        `block ${X} on all (undone unless aaaaaa is confirmed within 1m)`,
        `confirm aaaaaa: ${X} on all`,
      ]);
    });

    it('is undone at the deadline, and the audit says so', async () => {
      await add({ ...awaited(60_000), forced: true, reason: 'scan' });
      pass(59_999);
      expect((await h.store.expireClaims(h.clock.now)).undone).toEqual([]);
      pass(1);
      const { undone, removed, revision } = await h.store.expireClaims(h.clock.now);
      expect({ undone, removed }).toMatchObject({ removed: 1, undone: [{ id: 'aaaaaa', revision, forced: true }] });
      expect(await claims()).toEqual([]);
      expect(await h.store.nextExpiryMs()).toBe(0);
      expect((await audited()).at(-1)).toBe(`undo aaaaaa: ${X} on all`);
      expect((await h.store.expireClaims(h.clock.now)).removed).toBe(0);
    });

    it('goes on waiting over a restart, the deadline where it was', async () => {
      await add(awaited(60_000));
      pass(30_000);
      await h.reopen();
      expect(await h.store.confirmations()).toMatchObject([{ id: 'aaaaaa', deadlineMs: START + 60_000 }]);
      pass(29_000);
      expect((await h.store.expireClaims(h.clock.now)).undone).toEqual([]);
      pass(1000);
      expect((await h.store.expireClaims(h.clock.now)).undone).toMatchObject([{ id: 'aaaaaa' }]);
      expect(await claims()).toEqual([]);
    });

    it('faults row 30: may be confirmed for as long as was said, however the clock is set meanwhile', async () => {
      await add(awaited(60_000));
      pass(30_000);
      h.clock.setMs += 86_400_000;
      await expect(h.store.confirm('aaaaaa', ADMIN)).resolves.toMatchObject({ outcomes: ['UPDATED'] });
    });

    it('needs no confirmation when it ends by itself before', async () => {
      expect(await add({ ...awaited(60_000), expiresMs: START + 30_000 })).toMatchObject({ unconfirmed: false });
      expect(await ends()).toEqual([30_000]);
      expect(await h.store.confirmations()).toEqual([]);
    });

    it('changes nothing in a dry run', async () => {
      await add({ ...awaited(60_000), dryRun: true });
      expect(await h.store.confirmations()).toEqual([]);
      expect(await claims()).toEqual([]);
    });
  });

  describe('over a claim that is there', () => {
    it.each([
      ['none', undefined, 60_000, []],
      ['one that ends sooner', 10_000, 60_000, []],
      ['one that ends later', 100_000, 100_000, [100_000]],
    ])('(%s) the end is never shortened, and falls back to what it was', async (_what, before, held, after) => {
      if (before !== undefined) await add({ expiresMs: START + before, reason: 'first' });
      expect(await add({ ...awaited(60_000), reason: 'second' })).toMatchObject({ unconfirmed: true });
      expect(await ends()).toEqual([held]);
      pass(60_000);
      await h.store.expireClaims(h.clock.now);
      expect(await ends()).toEqual(after);
      if (after.length > 0) expect(await claims()).toMatchObject([{ reason: 'first' }]);
    });

    it('that has no end, there is nothing to wait for', async () => {
      await add();
      expect(await add(awaited(60_000))).toMatchObject({ outcomes: ['UNCHANGED'], unconfirmed: false });
      expect(await h.store.confirmations()).toEqual([]);
    });

    it('that only counts, it is back to counting', async () => {
      await add({ action: 'monitor', reason: 'look' });
      await add({ ...awaited(60_000), reason: 'now' });
      expect(await claims()).toMatchObject([{ action: 'block', expiresMs: START + 60_000 }]);
      pass(60_000);
      await h.store.expireClaims(h.clock.now);
      expect(await claims()).toMatchObject([{ action: 'monitor', expiresMs: 0, reason: 'look' }]);
    });

    it('a longer life that is confirmed holds, over a life that was longer than the deadline', async () => {
      await add({ expiresMs: START + 100_000 });
      await add({ ...awaited(60_000), expiresMs: START + 200_000 });
      await h.store.confirm('aaaaaa', ADMIN);
      expect(await ends()).toEqual([200_000]);
    });

    it('what somebody else says meanwhile stands', async () => {
      await add(awaited(60_000));
      await add({ expiresMs: START + 90_000 });
      pass(60_000);
      expect((await h.store.expireClaims(h.clock.now)).undone).toHaveLength(1);
      expect(await ends()).toEqual([90_000]);
    });

    it('an unblock takes it out of what waits', async () => {
      await add(awaited(60_000));
      await h.remove([X]);
      expect(await h.store.confirmations()).toEqual([]);
      await expect(h.store.confirm('aaaaaa', ADMIN)).rejects.toThrow(/nothing of aaaaaa is left to confirm/);
      pass(60_000);
      expect((await h.store.expireClaims(h.clock.now)).undone).toEqual([]);
      expect(await claims()).toEqual([]);
    });

    it('a second change that waits takes its place: undone, what was there before both is there', async () => {
      await add({ expiresMs: START + 300_000 });
      await add({ ...awaited(400_000, 'aaaaaa') });
      await add({ ...awaited(500_000, 'bbbbbb'), expiresMs: START + 900_000 });
      expect(await ends()).toEqual([500_000]);
      await expect(h.store.confirm('aaaaaa', ADMIN)).rejects.toThrow(/nothing of aaaaaa is left/);
      pass(200_000);
      expect((await h.store.expireClaims(h.clock.now)).undone).toEqual([]);
      await h.store.confirm('bbbbbb', ADMIN);
      expect(await ends()).toEqual([900_000]);
    });
  });

  describe('confirm', () => {
    it('says what became of what can no longer be confirmed', async () => {
      await expect(h.store.confirm('zzzzzz', ADMIN)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await add(awaited(60_000, 'aaaaaa'));
      await h.store.confirm('aaaaaa', ADMIN);
      await expect(h.store.confirm('aaaaaa', ADMIN)).rejects.toThrow(/aaaaaa was confirmed already/);
      await add({ ...awaited(60_000, 'bbbbbb'), prefixes: [parsePrefix('198.51.100.0/24')] });
      pass(60_000);
      // Before it is undone and after: too late is too late.
      await expect(h.store.confirm('bbbbbb', ADMIN)).rejects.toThrow(/too late: bbbbbb was undone/);
      await h.store.expireClaims(h.clock.now);
      await expect(h.store.confirm('bbbbbb', ADMIN)).rejects.toThrow(/too late: bbbbbb was undone/);
      expect((await claims()).map(({ prefix }) => formatPrefix(prefix))).toEqual([X]);
    });

    it('of what overrides the guard is for admins', async () => {
      await add({ ...awaited(60_000), forced: true });
      await expect(h.store.confirm('aaaaaa', { ...ADMIN, mayForce: false })).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      });
      expect(await ends()).toEqual([60_000]);
    });

    it('of what passes is for none who is bound to an origin', async () => {
      await add({ ...awaited(60_000), action: 'allow', origin: 'crowdsec' });
      const bound = { ...ADMIN, mayForce: false, origin: 'crowdsec' };
      await expect(h.store.confirm('aaaaaa', bound)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      expect(await ends()).toEqual([60_000]);
    });
  });
}
