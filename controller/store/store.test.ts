// What every implementation of Store must do. The embedded one is the only one so far: another goes into IMPLEMENTATIONS.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryCount, packEntries, unpackEntries } from '../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../common/text/prefix.ts';
import { parseSelector } from '../../common/text/selector.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { AddClaims } from '../claims/change.ts';
import type { Claim } from '../claims/claim.ts';
import type { ReplaceList } from '../claims/lists/list.ts';
import type { StoreEvent } from './port/revisions.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { Store } from './store.ts';

class FakeClock implements Clock {
  now = 1_700_000_000_000;
  wallMs = () => this.now;
  monotonicMs = () => this.now;
}

interface Options {
  readonly directory: string;
  readonly clock: Clock;
  readonly historyRevisions?: number;
}

const IMPLEMENTATIONS: { name: string; open: (options: Options) => Promise<Store> }[] = [
  { name: 'sqlite', open: (options) => openSqliteStore({ create: true, ...options }) },
];

const BY = { actor: 'admin/alice', reason: 'test' };
const ALL = parseSelector('all');

describe.each(IMPLEMENTATIONS)('$name store', ({ open }) => {
  let directory: string;
  let clock: FakeClock;
  let store: Store;
  let events: StoreEvent[];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleetblock-store-'));
    clock = new FakeClock();
    await reopen();
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function reopen(more: Partial<Options> = {}): Promise<void> {
    await store?.close();
    store = await open({ directory, clock, ...more });
    events = [];
    store.follow((event) => events.push(event));
  }

  const add = (prefixes: string[], more: Partial<AddClaims> = {}) =>
    store.addClaims({
      ...BY,
      prefixes: prefixes.map(parsePrefix),
      action: 'block',
      origin: 'manual',
      selector: ALL,
      expiresMs: 0,
      monitor: false,
      dryRun: false,
      ...more,
    });
  const remove = (prefixes: string[], more: object = {}) =>
    store.removeClaims({
      ...BY,
      prefixes: prefixes.map(parsePrefix),
      action: 'block',
      origin: 'manual',
      selector: undefined,
      dryRun: false,
      ...more,
    });
  const list = (name: string, prefixes: string[], more: Partial<ReplaceList> = {}) => {
    const rows = prefixes.map((text) => ({ prefix: parsePrefix(text), allow: false, monitor: false, ttlMs: 0 }));
    const base = { ...BY, name, action: 'block', selector: ALL, monitor: false, dryRun: false } as const;
    return store.replaceList({ ...base, chunks: [packEntries(rows)], ...more });
  };
  const claims = async (filter = {}) => {
    const all: Claim[] = [];
    for await (const batch of store.claims(filter)) all.push(...batch);
    return all;
  };
  const layers = async () => {
    const rows: string[] = [];
    for await (const { layer, sets } of store.readLayers())
      for (const { prefix, monitor, ttlMs } of unpackEntries(sets))
        rows.push(
          `${layer.id}: ${formatPrefix(prefix)}${monitor ? ' monitor' : ''}${ttlMs ? ` until ${ttlMs - clock.now}` : ''}`,
        );
    return rows.sort();
  };

  describe('claims', () => {
    it('makes one revision an atomic change, and none for what is there already', async () => {
      expect(store.head).toBe(0n);
      expect(await add(['198.51.100.1', '2001:db8::/32'])).toMatchObject({
        revision: 1n,
        outcomes: ['ADDED', 'ADDED'],
      });
      expect(await add(['198.51.100.1'])).toMatchObject({ revision: 1n, outcomes: ['UNCHANGED'] });
      expect(await add(['198.51.100.1', '198.51.100.2'])).toMatchObject({
        revision: 2n,
        outcomes: ['UNCHANGED', 'ADDED'],
      });
      expect(store.head).toBe(2n);
      expect(events.map((event) => event.revision)).toEqual([1n, 2n]);
    });

    it('extends an end and never shortens it', async () => {
      await add(['198.51.100.1'], { expiresMs: clock.now + 1000 });
      expect((await add(['198.51.100.1'], { expiresMs: clock.now + 500 })).outcomes).toEqual(['UNCHANGED']);
      expect((await add(['198.51.100.1'], { expiresMs: clock.now + 2000 })).outcomes).toEqual(['UPDATED']);
      expect(await layers()).toEqual(['claims all: 198.51.100.1/32 until 2000']);
      expect((await add(['198.51.100.1'], { expiresMs: 0 })).outcomes).toEqual(['UPDATED']);
      expect((await add(['198.51.100.1'], { expiresMs: clock.now + 9000 })).outcomes).toEqual(['UNCHANGED']);
      expect(await layers()).toEqual(['claims all: 198.51.100.1/32']);
    });

    it('lets a block win over monitor-only on the same claim, whichever came first, with the end of its own', async () => {
      await add(['198.51.100.1'], { expiresMs: clock.now + 1000 });
      const weaker = await add(['198.51.100.1'], { monitor: true, reason: 'only looking' });
      expect(weaker.outcomes).toEqual(['UNCHANGED']);
      expect(await layers()).toEqual(['claims all: 198.51.100.1/32 until 1000']);
      await add(['198.51.100.2'], { monitor: true });
      await add(['198.51.100.2'], { expiresMs: clock.now + 1000 });
      expect(await layers()).toEqual([
        'claims all: 198.51.100.1/32 until 1000',
        'claims all: 198.51.100.2/32 until 1000',
      ]);
    });

    it('removes one origin’s claim; what other origins say stays, and decides the row', async () => {
      await add(['198.51.100.1'], { expiresMs: clock.now + 1000 });
      await add(['198.51.100.1'], { origin: 'crowdsec', expiresMs: clock.now + 5000, monitor: true });
      expect(await layers()).toEqual(['claims all: 198.51.100.1/32 until 1000']);
      expect((await remove(['198.51.100.1'])).outcomes).toEqual(['REMOVED']);
      expect(await layers()).toEqual(['claims all: 198.51.100.1/32 monitor until 5000']);
      expect((await remove(['198.51.100.1'])).outcomes).toEqual(['NOT_FOUND']);
      await remove(['198.51.100.1'], { origin: 'crowdsec' });
      expect(await layers()).toEqual([]);
    });

    it('never touches a covering or an inner prefix', async () => {
      await add(['198.51.100.0/24', '198.51.100.1', '198.51.0.0/16']);
      expect((await remove(['198.51.100.0/24'])).outcomes).toEqual(['REMOVED']);
      expect((await claims()).map((claim) => formatPrefix(claim.prefix))).toEqual(['198.51.0.0/16', '198.51.100.1/32']);
      expect((await claims({ covering: parsePrefix('198.51.100.1') })).map((claim) => claim.prefix.length)).toEqual([
        32, 16,
      ]);
    });

    it('keeps a claim per selector', async () => {
      await add(['198.51.100.1'], { selector: parseSelector('host:web1') });
      await add(['198.51.100.1'], { selector: parseSelector('labels:env=prod') });
      const result = await remove(['198.51.100.1'], { selector: parseSelector('host:web1') });
      expect(result.outcomes).toEqual(['REMOVED']);
      expect(await layers()).toEqual(['claims labels:env=prod: 198.51.100.1/32']);
    });

    it('answers a dry run as if, and changes nothing', async () => {
      expect(await add(['198.51.100.1'], { dryRun: true })).toMatchObject({ revision: 0n, outcomes: ['ADDED'] });
      expect(await list('x', ['198.51.100.1'], { dryRun: true })).toMatchObject({ revision: 0n, added: 1 });
      expect(await claims()).toEqual([]);
      expect(await store.lists()).toEqual([]);
      expect(events).toEqual([]);
    });

    it('ends what has ended, as a removal of its own', async () => {
      await add(['198.51.100.1', '198.51.100.2'], { expiresMs: clock.now + 1000 });
      await add(['198.51.100.3']);
      expect(await store.nextExpiryMs()).toBe(clock.now + 1000);
      expect((await store.expireClaims(clock.now + 999)).removed).toBe(0);
      clock.now += 1000;
      expect(await store.expireClaims(clock.now)).toEqual({ removed: 2, revision: 3n, undone: [] });
      expect(await layers()).toEqual(['claims all: 198.51.100.3/32']);
      expect(events.at(-1)?.layers.map((change) => entryCount(change.deletes))).toEqual([2]);
      expect(await store.nextExpiryMs()).toBe(0);
    });

    it('commits changes that arrive together, each whole or not at all', async () => {
      const results = await Promise.allSettled([
        add(['198.51.100.1']),
        store.revokeHost('nobody', BY),
        add(['198.51.100.2']),
      ]);
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(store.head).toBe(2n);
    });
  });

  it('survives being closed and opened: same epoch, same head, same state', async () => {
    await add(['198.51.100.1']);
    await list('big', ['203.0.113.0/24', '2001:db8::1']);
    const before = { epoch: store.epoch, head: store.head, layers: await layers() };
    await reopen();
    expect({ epoch: store.epoch, head: store.head, layers: await layers() }).toEqual(before);
  });

  describe('lists', () => {
    it('are replaced by difference', async () => {
      expect(await list('x', ['198.51.100.1', '198.51.100.2'])).toMatchObject({ revision: 1n, added: 2, removed: 0 });
      const second = await list('x', ['198.51.100.2', '198.51.100.3', '198.51.100.3']);
      expect(second).toMatchObject({ revision: 2n, added: 1, unchanged: 1, removed: 1 });
      const rows = events.at(-1)?.layers.map(({ sets, deletes }) => [entryCount(sets), entryCount(deletes)]);
      expect(rows).toEqual([[1, 1]]);
      expect(await list('x', ['198.51.100.2', '198.51.100.3'])).toMatchObject({ revision: 2n, unchanged: 2 });
      expect(await layers()).toEqual(['list:x all: 198.51.100.2/32', 'list:x all: 198.51.100.3/32']);
    });

    it('move to another target as a whole', async () => {
      await list('x', ['198.51.100.1']);
      const moved = await list('x', ['198.51.100.1'], { selector: parseSelector('labels:env=prod') });
      expect(moved.targets).toHaveLength(2);
      expect(await layers()).toEqual(['list:x labels:env=prod: 198.51.100.1/32']);
    });

    it('end row by row', async () => {
      const rows = packEntries([
        { prefix: parsePrefix('198.51.100.1'), allow: false, monitor: false, ttlMs: 1000 },
        { prefix: parsePrefix('2001:db8::1'), allow: false, monitor: false, ttlMs: 2000 },
        { prefix: parsePrefix('198.51.100.2'), allow: false, monitor: false, ttlMs: 0 },
      ]);
      await list('x', [], { chunks: [rows] });
      expect(await store.nextExpiryMs()).toBe(clock.now + 1000);
      clock.now += 1500;
      expect((await store.expireClaims(clock.now)).removed).toBe(1);
      expect(await layers()).toEqual(['list:x all: 198.51.100.2/32', 'list:x all: 2001:db8::1/128 until 500']);
      expect((await store.lists())[0]?.entries).toBe(2);
    });

    it('grow and shrink over any number of chunks', async () => {
      const many = (count: number, from = 0) =>
        Array.from(
          { length: count },
          (_, i) => `20.${(from + i) >> 16}.${((from + i) >> 8) & 255}.${(from + i) & 255}`,
        );
      await list('x', many(20_000));
      expect(await list('x', many(20_000, 1))).toMatchObject({ added: 1, removed: 1, unchanged: 19_999 });
      expect(await list('x', many(100, 10))).toMatchObject({ added: 0, removed: 19_900, unchanged: 100 });
      expect((await layers()).length).toBe(100);
      expect(await store.removeList('x', BY, false)).toMatchObject({ removed: 100 });
      expect(await layers()).toEqual([]);
      await expect(store.removeList('x', BY, false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  describe('history', () => {
    const ids = new Set(['claims all', 'claims host:a']);
    const touched = async (since: bigint, layerIds: ReadonlySet<string> = ids) => {
      const found = await store.touchedSince(since, layerIds);
      return found?.flatMap(({ keys }) => unpackEntries(keys).map((key) => formatPrefix(key.prefix)));
    };

    it('says which rows changed since a revision, of the layers asked for', async () => {
      await add(['198.51.100.1']);
      await add(['198.51.100.2'], { selector: parseSelector('host:b') });
      await remove(['198.51.100.1']);
      expect(await touched(0n)).toEqual(['198.51.100.1/32', '198.51.100.1/32']);
      expect(await touched(1n)).toEqual(['198.51.100.1/32']);
      expect(await touched(3n)).toEqual([]);
      expect(await touched(0n, new Set(['claims host:b']))).toEqual(['198.51.100.2/32']);
      await reopen();
      expect(await touched(1n)).toEqual(['198.51.100.1/32']);
    });

    it('faults row 27: says so when it does not reach back, but not of layers that did not change since', async () => {
      await reopen({ historyRevisions: 10 });
      await add(['198.51.100.1'], { selector: parseSelector('host:a') });
      for (let i = 0; i < 1100; i++) await add([`20.0.${i >> 8}.${i & 255}`]);
      expect(await touched(500n)).toBeUndefined();
      expect(await touched(500n, new Set(['claims host:a']))).toEqual([]);
      expect(await touched(1095n)).toHaveLength(6);
    });
  });

  describe('hosts and tokens', () => {
    const secretHash = createHash('sha256').update('secret').digest();
    const token = (more: object = {}) =>
      store.createToken(
        { id: 'token-id', secretHash, expiresMs: clock.now + 1000, maxUses: 1, labels: {}, hostName: '', ...more },
        BY,
      );
    const enroll = (hostName: string, more: object = {}) =>
      store.enroll({
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
      expect(await store.hosts()).toHaveLength(1);
      await expect(enroll('c', { secretHash: new Uint8Array(32) })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await token({ id: 'second-id' });
      await store.revokeToken('second-id', BY);
      await expect(enroll('c', { tokenId: 'second-id' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await token({ id: 'third-id' });
      clock.now += 1000;
      await expect(enroll('c', { tokenId: 'third-id' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    it('faults row 122: forgets a token 30 days after its end, and it enrolls nobody', async () => {
      await token();
      await enroll('a', { keyHash: secretHash });
      clock.now += 1000 + 30 * 86_400_000;
      await token({ id: 'second-id', expiresMs: clock.now + 1000 });
      expect(await store.listTokens()).toHaveLength(2);
      clock.now += 1;
      await token({ id: 'third-id' });
      expect((await store.listTokens()).map(({ id }) => id)).toEqual(['second-id', 'third-id']);
      await expect(enroll('a', { keyHash: secretHash })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    it('does not use up a token for a name that is taken', async () => {
      await token({ maxUses: 2 });
      await enroll('a');
      await expect(enroll('a', { hostId: 'other' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
      await enroll('b');
      expect((await store.listTokens())[0]?.uses).toBe(2);
    });

    it('lets the token’s labels win, changes them, and frees the name of a revoked host', async () => {
      await token({ maxUses: 2, labels: { env: 'prod' } });
      await enroll('a', { labels: { env: 'dev', role: 'web' } });
      const { host, revision } = await store.labelHost('a', { role: undefined, zone: 'x' }, BY);
      expect(host).toMatchObject({ labels: { env: 'prod', zone: 'x' }, labelsRevision: revision });
      expect((await store.revokeHost('a', BY)).revokedMs).toBe(clock.now);
      await enroll('a', { hostId: 'new' });
      expect(events.flatMap((event) => event.hosts.map((each) => each.id))).toEqual(['id-a', 'id-a', 'id-a', 'new']);
    });

    it('gives a host 64 labels in all, and takes away from one that has as many', async () => {
      await token({});
      await enroll('a', {});
      const labels = (from: number) => Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`k${from + i}`, 'v']));
      for (const from of [0, 32]) await store.labelHost('a', labels(from), BY);
      await expect(store.labelHost('a', { more: 'v' }, BY)).rejects.toThrow(/would have 65 labels, at most 64/);
      const { host } = await store.labelHost('a', { k0: undefined, more: 'v' }, BY);
      expect(Object.keys(host.labels)).toHaveLength(64);
    });
  });

  it('keeps an audit record with every change, and of nothing that did not happen', async () => {
    await add(['198.51.100.1'], { reason: 'scanner' });
    await add(['198.51.100.1'], { reason: 'scanner' });
    await store.revokeHost('nobody', BY).catch(() => {});
    await store.recordAudit({ actor: 'agent/x', verb: 'refused', subject: 'Block', reason: '' });
    const all = [];
    for await (const batch of store.audit({})) all.push(...batch);
    expect(all.map(({ actor, verb, reason, revision }) => ({ actor, verb, reason, revision }))).toEqual([
      { actor: 'admin/alice', verb: 'block', reason: 'scanner', revision: 1n },
      { actor: 'agent/x', verb: 'refused', reason: '', revision: 0n },
    ]);
    expect(all[0]?.subject).toContain('198.51.100.1/32');
    const blocks = [];
    for await (const batch of store.audit({ verb: 'block', last: 5 })) blocks.push(...batch);
    expect(blocks).toHaveLength(1);
  });
});
