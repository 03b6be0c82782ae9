// What every store does with hosts and enrollment tokens.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { BY, type Harness } from './harness.ts';

/** Tokens used, refused and forgotten; hosts enrolled, labelled and revoked. */
export function hostsContract(h: Harness): void {
  const secretHash = createHash('sha256').update('secret').digest();
  const token = (more: object = {}) =>
    h.store.createToken(
      { id: 'token-id', secretHash, expiresMs: h.clock.now + 1000, maxUses: 1, labels: {}, hostName: '', ...more },
      BY,
    );
  const enroll = (hostName: string, more: object = {}) =>
    h.store.enroll({
      tokenId: 'token-id',
      secretHash,
      hostId: `id-${hostName}`,
      hostName,
      labels: {},
      from: 'x',
      ...more,
    });

  it('faults row 32: one winner when a token is used twice at once; expired, revoked and unknown ones make none', async () => {
    await token();
    const twice = await Promise.allSettled([enroll('a'), enroll('b')]);
    expect(twice.map((each) => each.status)).toEqual(['fulfilled', 'rejected']);
    expect(await h.store.hosts()).toHaveLength(1);
    await expect(enroll('c', { secretHash: new Uint8Array(32) })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await token({ id: 'second-id' });
    await h.store.revokeToken('second-id', BY);
    await expect(enroll('c', { tokenId: 'second-id' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await token({ id: 'third-id' });
    h.clock.now += 1000;
    await expect(enroll('c', { tokenId: 'third-id' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('faults row 122: forgets a token 30 days after its end, and it enrolls nobody', async () => {
    await token();
    await enroll('a', { keyHash: secretHash });
    h.clock.now += 1000 + 30 * 86_400_000;
    await token({ id: 'second-id', expiresMs: h.clock.now + 1000 });
    expect(await h.store.listTokens()).toHaveLength(2);
    h.clock.now += 1;
    await token({ id: 'third-id' });
    expect((await h.store.listTokens()).map(({ id }) => id)).toEqual(['second-id', 'third-id']);
    await expect(enroll('a', { keyHash: secretHash })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('does not use up a token for a name that is taken', async () => {
    await token({ maxUses: 2 });
    await enroll('a');
    await expect(enroll('a', { hostId: 'other' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await enroll('b');
    expect((await h.store.listTokens())[0]?.uses).toBe(2);
  });

  it('lets the token’s labels win, changes them, and frees the name of a revoked host', async () => {
    await token({ maxUses: 2, labels: { env: 'prod' } });
    await enroll('a', { labels: { env: 'dev', role: 'web' } });
    const { host, revision } = await h.store.labelHost('a', { role: undefined, zone: 'x' }, BY);
    expect(host).toMatchObject({ labels: { env: 'prod', zone: 'x' }, labelsRevision: revision });
    expect((await h.store.revokeHost('a', BY)).revokedMs).toBe(h.clock.now);
    await enroll('a', { hostId: 'new' });
    expect(h.events.flatMap((event) => event.hosts.map((each) => each.id))).toEqual(['id-a', 'id-a', 'id-a', 'new']);
  });

  it('gives a host 64 labels in all, and takes away from one that has as many', async () => {
    await token({});
    await enroll('a', {});
    const labels = (from: number) => Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`k${from + i}`, 'v']));
    for (const from of [0, 32]) await h.store.labelHost('a', labels(from), BY);
    await expect(h.store.labelHost('a', { more: 'v' }, BY)).rejects.toThrow(/would have 65 labels, at most 64/);
    const { host } = await h.store.labelHost('a', { k0: undefined, more: 'v' }, BY);
    expect(Object.keys(host.labels)).toHaveLength(64);
  });

  it('gives an identity again to the same host alone, and locks out who had it before', async () => {
    await token({ maxUses: 2 });
    const first = await enroll('a', { keyHash: createHash('sha256').update('old').digest() });
    await token({ id: 'again-id', hostName: 'a', keepIdentity: true });
    await expect(enroll('b', { tokenId: 'again-id' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const keyHash = createHash('sha256').update('new').digest();
    const second = await enroll('a', { tokenId: 'again-id', hostId: 'unused', keyHash });
    expect(second).toMatchObject({ id: first.id, generation: 1 });
    expect(await enroll('a', { tokenId: 'again-id', keyHash })).toEqual(second);
    const old = { keyHash: createHash('sha256').update('old').digest() };
    await expect(enroll('a', old)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await h.store.findHost(first.id)).toEqual(second);
    await expect(token({ id: 'x', hostName: 'nobody', keepIdentity: true })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('enrolls a key again whose host was revoked, as another host', async () => {
    await token({ maxUses: 2 });
    const keyHash = createHash('sha256').update('key').digest();
    await enroll('a', { keyHash });
    await h.store.revokeHost('a', BY);
    expect(await enroll('a', { keyHash, hostId: 'other' })).toMatchObject({ id: 'other', revokedMs: 0 });
    expect(await enroll('a', { keyHash, hostId: 'unused' })).toMatchObject({ id: 'other' });
  });

  it('keeps the notes of hosts, without a revision', async () => {
    const note = {
      sessionSerial: 7,
      duplicate: 'twice',
      place: { bootId: 'b', network: '1', machine: ['m'] },
      seen: [1],
    };
    await h.store.saveHostNotes([['id-a', note]]);
    await h.store.saveHostNotes([['id-a', { ...note, seen: null }]]);
    await h.reopen();
    expect([...(await h.store.hostNotes())]).toEqual([['id-a', { ...note, seen: null }]]);
    expect(h.store.head).toBe(0n);
  });
}
