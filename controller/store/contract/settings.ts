// What every store does with settings.
import { expect, it } from 'vitest';
import { BY, gathered, type Harness } from './harness.ts';

/** Documents set, replaced and removed. */
export function settingsContract(h: Harness): void {
  const setting = (name: string, body: string, kind = 'feed') => ({ kind, name, body });
  const audit = { ...BY, verb: 'token.create', subject: 'drop' } as const;
  const records = async () => (await gathered(h.store.audit({}))).map(({ verb, subject }) => `${verb} ${subject}`);

  it('keeps what is set, by kind and name, with the record of who did it and without a revision', async () => {
    const head = h.store.head;
    await h.store.changeSettings({ sets: [setting('drop', '{"every":3600}'), setting('abuse', '{}')], audit });
    await h.store.changeSettings({ sets: [setting('drop', '{"etag":"1"}', 'feed-state')] });
    await h.reopen();
    expect(await h.store.settings('feed')).toEqual([setting('abuse', '{}'), setting('drop', '{"every":3600}')]);
    expect(await h.store.settings('feed-state')).toEqual([setting('drop', '{"etag":"1"}', 'feed-state')]);
    expect(await h.store.settings('hook')).toEqual([]);
    expect(await records()).toEqual(['token.create drop']);
    expect(h.store.head).toBe(head);
    expect(h.events).toEqual([]);
  });

  it('replaces one, and removes what is there', async () => {
    await h.store.changeSettings({ sets: [setting('drop', '1'), setting('abuse', '1')] });
    await h.store.changeSettings({
      sets: [setting('drop', '2')],
      deletes: [setting('abuse', ''), setting('none', '')],
      audit,
    });
    expect(await h.store.settings('feed')).toEqual([setting('drop', '2')]);
    expect(await records()).toEqual(['token.create drop']);
  });
}
