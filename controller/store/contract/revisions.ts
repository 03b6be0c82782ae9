// What every store knows of its revisions.
import { expect, it } from 'vitest';
import { unpackEntries } from '../../../common/entries/packed.ts';
import { formatPrefix } from '../../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../../common/text/selector.ts';
import { BY, type Harness } from './harness.ts';

/** History, followers, and what is there after a restart. */
export function revisionsContract(h: Harness): void {
  const ids = new Set(['claims all', 'claims host:a']);
  const touched = async (since: bigint, layerIds: ReadonlySet<string> = ids) => {
    const found = await h.store.touchedSince(since, layerIds);
    return found?.flatMap(({ keys }) => unpackEntries(keys).map((key) => formatPrefix(key.prefix)));
  };

  it('says which rows changed since a revision, of the layers asked for', async () => {
    await h.add(['198.51.100.1']);
    await h.add(['198.51.100.2'], { selector: parseSelector('host:b') });
    await h.remove(['198.51.100.1']);
    expect(await touched(0n)).toEqual(['198.51.100.1/32', '198.51.100.1/32']);
    expect(await touched(1n)).toEqual(['198.51.100.1/32']);
    expect(await touched(3n)).toEqual([]);
    expect(await touched(0n, new Set(['claims host:b']))).toEqual(['198.51.100.2/32']);
    await h.reopen();
    expect(await touched(1n)).toEqual(['198.51.100.1/32']);
  });

  it('faults row 27: says so when it does not reach back, but not of layers that did not change since', async () => {
    await h.reopen({ historyRevisions: 10 });
    await h.add(['198.51.100.1'], { selector: parseSelector('host:a') });
    for (let i = 0; i < 1100; i++) await h.add([`20.0.${i >> 8}.${i & 255}`]);
    expect(await touched(500n)).toBeUndefined();
    expect(await touched(500n, new Set(['claims host:a']))).toEqual([]);
    expect(await touched(1095n)).toHaveLength(6);
  });

  it('names the layers that have become empty, also after a restart: what went from them is asked for by their names', async () => {
    await h.add(['198.51.100.1'], { selector: parseSelector('host:a') });
    await h.remove(['198.51.100.1']);
    await h.reopen();
    const layers = new Map<string, string>();
    for await (const { layer } of h.store.readLayers()) layers.set(layer.id, formatSelector(layer.selector));
    expect([...layers]).toEqual([['claims host:a', 'host:a']]);
  });

  it('tells every follower of every revision, whatever another one throws, until it stops', async () => {
    const errors: unknown[] = [];
    await h.reopen({ onFollowerError: (error) => errors.push(error) });
    const told: bigint[] = [];
    h.store.follow(() => {
      throw new Error('a bad follower');
    });
    const stop = h.store.follow(({ revision, records }) => {
      told.push(revision);
      expect(records).toMatchObject([{ actor: BY.actor, verb: 'block' }]);
    });
    await h.add(['198.51.100.1']);
    await h.add(['198.51.100.2']);
    stop();
    await h.add(['198.51.100.3']);
    expect(told).toEqual([1n, 2n]);
    expect(h.events.map(({ revision }) => revision)).toEqual([1n, 2n, 3n]);
    expect(errors).toHaveLength(3);
  });

  it('is the same after a restart: epoch, head, state and the last sign of life', async () => {
    await h.add(['198.51.100.1']);
    await h.store.beat(h.clock.now);
    const before = { epoch: h.store.epoch, head: h.store.head, layers: await h.layers() };
    await h.reopen();
    expect({ epoch: h.store.epoch, head: h.store.head, layers: await h.layers() }).toEqual(before);
    expect(h.store.aliveMs).toBe(h.clock.now);
  });
}
