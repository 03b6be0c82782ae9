// What every store does with bulk lists.
import { expect, it } from 'vitest';
import { entryCount, packEntries } from '../../../common/entries/packed.ts';
import { parsePrefix } from '../../../common/text/prefix.ts';
import { parseSelector } from '../../../common/text/selector.ts';
import type { ReplaceList } from '../../claims/lists/list.ts';
import { ALL, BY, type Harness } from './harness.ts';

/** Lists replaced, moved, ended, removed and read. */
export function listsContract(h: Harness): void {
  const list = (name: string, prefixes: string[], more: Partial<ReplaceList> = {}) => {
    const action = 'block' as const;
    const rows = prefixes.map((text) => ({ prefix: parsePrefix(text), action, ttlMs: 0 }));
    const base = { ...BY, name, action, selector: ALL, dryRun: false } as const;
    return h.store.replaceList({ ...base, chunks: [packEntries(rows)], ...more });
  };

  it('are replaced by difference', async () => {
    expect(await list('x', ['198.51.100.1', '198.51.100.2'])).toMatchObject({ revision: 1n, added: 2, removed: 0 });
    const second = await list('x', ['198.51.100.2', '198.51.100.3', '198.51.100.3']);
    expect(second).toMatchObject({ revision: 2n, added: 1, unchanged: 1, removed: 1 });
    const rows = h.events.at(-1)?.layers.map(({ sets, deletes }) => [entryCount(sets), entryCount(deletes)]);
    expect(rows).toEqual([[1, 1]]);
    expect(await list('x', ['198.51.100.2', '198.51.100.3'])).toMatchObject({ revision: 2n, unchanged: 2 });
    expect(await h.layers()).toEqual(['list:x all: 198.51.100.2/32', 'list:x all: 198.51.100.3/32']);
  });

  it('move to another target as a whole', async () => {
    await list('x', ['198.51.100.1']);
    const moved = await list('x', ['198.51.100.1'], { selector: parseSelector('labels:env=prod') });
    expect(moved.targets).toHaveLength(2);
    expect(await h.layers()).toEqual(['list:x labels:env=prod: 198.51.100.1/32']);
  });

  it('end row by row', async () => {
    const rows = packEntries([
      { prefix: parsePrefix('198.51.100.1'), action: 'block', ttlMs: 1000 },
      { prefix: parsePrefix('2001:db8::1'), action: 'block', ttlMs: 2000 },
      { prefix: parsePrefix('198.51.100.2'), action: 'block', ttlMs: 0 },
    ]);
    await list('x', [], { chunks: [rows] });
    expect(await h.store.nextExpiryMs()).toBe(h.clock.now + 1000);
    h.clock.now += 1500;
    expect((await h.store.expireClaims(h.clock.now)).removed).toBe(1);
    expect(await h.layers()).toEqual(['list:x all: 198.51.100.2/32', 'list:x all: 2001:db8::1/128 until 500']);
    expect((await h.store.lists())[0]?.entries).toBe(2);
  });

  it('grow and shrink over any number of chunks', async () => {
    const many = (count: number, from = 0) =>
      Array.from({ length: count }, (_, i) => `20.${(from + i) >> 16}.${((from + i) >> 8) & 255}.${(from + i) & 255}`);
    await list('x', many(20_000));
    expect(await list('x', many(20_000, 1))).toMatchObject({ added: 1, removed: 1, unchanged: 19_999 });
    expect(await list('x', many(100, 10))).toMatchObject({ added: 0, removed: 19_900, unchanged: 100 });
    expect((await h.layers()).length).toBe(100);
    expect(await h.store.removeList('x', BY, false)).toMatchObject({ removed: 100 });
    expect(await h.layers()).toEqual([]);
    await expect(h.store.removeList('x', BY, false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('answer a dry run as if, and change nothing', async () => {
    expect(await list('x', ['198.51.100.1'], { dryRun: true })).toMatchObject({ revision: 0n, added: 1 });
    expect(await h.store.lists()).toEqual([]);
    expect(h.events).toEqual([]);
  });

  it('survive being closed and opened: same epoch, same head, same state', async () => {
    await h.add(['198.51.100.1']);
    await list('big', ['203.0.113.0/24', '2001:db8::1']);
    const before = { epoch: h.store.epoch, head: h.store.head, layers: await h.layers() };
    await h.reopen();
    expect({ epoch: h.store.epoch, head: h.store.head, layers: await h.layers() }).toEqual(before);
  });
}
