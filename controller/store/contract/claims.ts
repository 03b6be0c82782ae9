// What every store does with single claims.
import { expect, it } from 'vitest';
import { entryCount } from '../../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import { parseSelector } from '../../../common/text/selector.ts';
import { BY, type Harness } from './harness.ts';

/** Changes of claims, their ends, and what hosts are to hold of them. */
export function claimsContract(h: Harness): void {
  it('makes one revision an atomic change, and none for what is there already', async () => {
    expect(h.store.head).toBe(0n);
    expect(await h.add(['198.51.100.1', '2001:db8::/32'])).toMatchObject({
      revision: 1n,
      outcomes: ['ADDED', 'ADDED'],
    });
    expect(await h.add(['198.51.100.1'])).toMatchObject({ revision: 1n, outcomes: ['UNCHANGED'] });
    expect(await h.add(['198.51.100.1', '198.51.100.2'])).toMatchObject({
      revision: 2n,
      outcomes: ['UNCHANGED', 'ADDED'],
    });
    expect(h.store.head).toBe(2n);
    expect(h.events.map((event) => event.revision)).toEqual([1n, 2n]);
  });

  it('extends an end and never shortens it', async () => {
    await h.add(['198.51.100.1'], { expiresMs: h.clock.now + 1000 });
    expect((await h.add(['198.51.100.1'], { expiresMs: h.clock.now + 500 })).outcomes).toEqual(['UNCHANGED']);
    expect((await h.add(['198.51.100.1'], { expiresMs: h.clock.now + 2000 })).outcomes).toEqual(['UPDATED']);
    expect(await h.layers()).toEqual(['claims all: 198.51.100.1/32 until 2000']);
    expect((await h.add(['198.51.100.1'], { expiresMs: 0 })).outcomes).toEqual(['UPDATED']);
    expect((await h.add(['198.51.100.1'], { expiresMs: h.clock.now + 9000 })).outcomes).toEqual(['UNCHANGED']);
    expect(await h.layers()).toEqual(['claims all: 198.51.100.1/32']);
  });

  it('lets a block win over monitor-only on the same claim, whichever came first, with the end of its own', async () => {
    await h.add(['198.51.100.1'], { expiresMs: h.clock.now + 1000 });
    const weaker = await h.add(['198.51.100.1'], { action: 'monitor', reason: 'only looking' });
    expect(weaker.outcomes).toEqual(['UNCHANGED']);
    expect(await h.layers()).toEqual(['claims all: 198.51.100.1/32 until 1000']);
    await h.add(['198.51.100.2'], { action: 'monitor' });
    await h.add(['198.51.100.2'], { expiresMs: h.clock.now + 1000 });
    expect(await h.layers()).toEqual([
      'claims all: 198.51.100.1/32 until 1000',
      'claims all: 198.51.100.2/32 until 1000',
    ]);
  });

  it('removes one origin’s claim; what other origins say stays, and decides the row', async () => {
    await h.add(['198.51.100.1'], { expiresMs: h.clock.now + 1000 });
    await h.add(['198.51.100.1'], { origin: 'crowdsec', expiresMs: h.clock.now + 5000, action: 'monitor' });
    expect(await h.layers()).toEqual(['claims all: 198.51.100.1/32 until 1000']);
    expect((await h.remove(['198.51.100.1'])).outcomes).toEqual(['REMOVED']);
    expect(await h.layers()).toEqual(['claims all: 198.51.100.1/32 monitor until 5000']);
    expect((await h.remove(['198.51.100.1'])).outcomes).toEqual(['NOT_FOUND']);
    await h.remove(['198.51.100.1'], { origin: 'crowdsec' });
    expect(await h.layers()).toEqual([]);
  });

  it('never touches a covering or an inner prefix', async () => {
    await h.add(['198.51.100.0/24', '198.51.100.1', '198.51.0.0/16']);
    expect((await h.remove(['198.51.100.0/24'])).outcomes).toEqual(['REMOVED']);
    expect((await h.claims()).map((claim) => formatPrefix(claim.prefix))).toEqual(['198.51.0.0/16', '198.51.100.1/32']);
    expect((await h.claims({ covering: parsePrefix('198.51.100.1') })).map((claim) => claim.prefix.length)).toEqual([
      32, 16,
    ]);
  });

  it('keeps a claim per selector', async () => {
    await h.add(['198.51.100.1'], { selector: parseSelector('host:web1') });
    await h.add(['198.51.100.1'], { selector: parseSelector('labels:env=prod') });
    const result = await h.remove(['198.51.100.1'], { selector: parseSelector('host:web1') });
    expect(result.outcomes).toEqual(['REMOVED']);
    expect(await h.layers()).toEqual(['claims labels:env=prod: 198.51.100.1/32']);
  });

  it('answers a dry run as if, and changes nothing', async () => {
    expect(await h.add(['198.51.100.1'], { dryRun: true })).toMatchObject({ revision: 0n, outcomes: ['ADDED'] });
    expect(await h.claims()).toEqual([]);
    expect(h.events).toEqual([]);
  });

  it('tells hosts once of a prefix that several claims of one change are about', async () => {
    const expiresMs = h.clock.now + 1000;
    for (const origin of ['manual', 'crowdsec']) await h.add(['198.51.100.1'], { origin, expiresMs });
    await h.add(['198.51.100.2', '198.51.100.2']);
    h.clock.now += 1000;
    expect(await h.store.expireClaims(h.clock.now)).toMatchObject({ removed: 2 });
    const rows = h.events.map(({ layers }) => layers.map((each) => [entryCount(each.sets), entryCount(each.deletes)]));
    expect(rows).toEqual([[[1, 0]], [[1, 0]], [[1, 0]], [[0, 1]]]);
  });

  it('ends what has ended, as a removal of its own', async () => {
    await h.add(['198.51.100.1', '198.51.100.2'], { expiresMs: h.clock.now + 1000 });
    await h.add(['198.51.100.3']);
    expect(await h.store.nextExpiryMs()).toBe(h.clock.now + 1000);
    expect((await h.store.expireClaims(h.clock.now + 999)).removed).toBe(0);
    h.clock.now += 1000;
    expect(await h.store.expireClaims(h.clock.now)).toEqual({ removed: 2, revision: 3n, undone: [] });
    expect(await h.layers()).toEqual(['claims all: 198.51.100.3/32']);
    expect(h.events.at(-1)?.layers.map((change) => entryCount(change.deletes))).toEqual([2]);
    expect(await h.store.nextExpiryMs()).toBe(0);
  });

  it('commits changes that arrive together, each whole or not at all', async () => {
    const results = await Promise.allSettled([
      h.add(['198.51.100.1']),
      h.store.revokeHost('nobody', BY),
      h.add(['198.51.100.2']),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(h.store.head).toBe(2n);
  });
}
