// What every store does with API keys.
import { expect, it } from 'vitest';
import type { NewApiKey } from '../port/api-keys.ts';
import { BY, gathered, type Harness } from './harness.ts';

const DAY_MS = 86_400_000;

/** Keys made, used, revoked and forgotten. */
export function apiKeysContract(h: Harness): void {
  const create = (name: string, more: Partial<NewApiKey> = {}) =>
    h.store.createApiKey(
      { id: `id-${name}`, name, role: 'operator', origin: '', secretHash: Buffer.from(name), expiresMs: 0, ...more },
      BY,
    );

  it('keeps a key as it was made, by name', async () => {
    await create('feeds', { role: 'viewer', expiresMs: h.clock.now + 1000 });
    await create('crowdsec', { origin: 'crowdsec' });
    await h.reopen();
    const [first, second] = await h.store.apiKeys();
    expect(first).toMatchObject({ name: 'crowdsec', origin: 'crowdsec', actor: BY.actor, revokedMs: 0, usedMs: 0 });
    expect(second).toMatchObject({
      name: 'feeds',
      role: 'viewer',
      createdMs: h.clock.now,
      expiresMs: h.clock.now + 1000,
    });
    expect(Buffer.from(second?.secretHash ?? '')).toEqual(Buffer.from('feeds'));
  });

  it('has one key of a name that is good, and gives the name to another when it has ended', async () => {
    await create('feeds', { expiresMs: h.clock.now + 1000 });
    await expect(create('feeds', { id: 'id-2' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    h.clock.now += 1000;
    await create('feeds', { id: 'id-2' });
    expect(await h.store.revokeApiKey('feeds', BY)).toMatchObject({ id: 'id-2', revokedMs: h.clock.now });
    await create('feeds', { id: 'id-3' });
    expect((await h.store.apiKeys()).map(({ id }) => id).sort()).toEqual(['id-2', 'id-3', 'id-feeds']);
  });

  it('revokes a key once, with a record', async () => {
    await create('feeds');
    await h.store.revokeApiKey('feeds', BY);
    await h.reopen();
    await expect(h.store.revokeApiKey('feeds', BY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(h.store.revokeApiKey('other', BY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await h.store.apiKeys())[0]?.revokedMs).toBe(h.clock.now);
    expect((await gathered(h.store.audit({}))).map(({ verb, subject }) => `${verb} ${subject}`)).toEqual([
      'apikey.create feeds (operator, id id-feeds)',
      'apikey.revoke feeds (operator, id id-feeds)',
    ]);
  });

  it('notes uses without a record', async () => {
    await create('feeds');
    await h.store.saveApiKeyUses(
      new Map([
        ['id-feeds', h.clock.now + 5],
        ['unknown', 1],
      ]),
    );
    await h.reopen();
    expect((await h.store.apiKeys()).map(({ usedMs }) => usedMs)).toEqual([h.clock.now + 5]);
    await h.store.revokeApiKey('feeds', BY);
    expect((await h.store.apiKeys()).map(({ usedMs }) => usedMs)).toEqual([h.clock.now + 5]);
    expect(await gathered(h.store.audit({}))).toHaveLength(2);
  });

  it('forgets keys 30 days after they expire, not after they are revoked, and has a thousand good ones at most', async () => {
    await create('old', { expiresMs: h.clock.now + 1 });
    await create('ends', { expiresMs: h.clock.now + 60 * DAY_MS });
    await create('endless');
    for (const name of ['ends', 'endless']) await h.store.revokeApiKey(name, BY);
    await create('good');
    h.clock.now += 30 * DAY_MS;
    await create('new');
    expect((await h.store.apiKeys()).map(({ name }) => name)).toEqual(['endless', 'ends', 'good', 'new', 'old']);
    h.clock.now += 2;
    await Promise.all(Array.from({ length: 998 }, (_, i) => create(`key${i}`)));
    const names = (await h.store.apiKeys()).map(({ name }) => name);
    expect(names).not.toContain('old');
    expect(names).toEqual(expect.arrayContaining(['endless', 'ends']));
    await expect(create('one-more')).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });
}
