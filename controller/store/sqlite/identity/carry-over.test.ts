// A restore of a backup from before: what ended since stays ended.
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../../common/time/clock.ts';
import { restoredWords } from '../../../commands/restored.ts';
import type { Store } from '../../store.ts';
import { backupStore, restoreStore } from '../file/backup.ts';
import { STORE_FILE } from '../file/open.ts';
import { openSqliteStore } from '../sqlite-store.ts';

let scratch: string;
let directory: string;
let backup: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fleetblock-carry-'));
  directory = join(scratch, 'store');
  backup = join(scratch, 'monday.db');
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const BY = { actor: 'admin/alice', reason: '' };
const HOUR = 3_600_000;
const secretHash = createHash('sha256').update('secret').digest();
const keyHash = (of: string) => createHash('sha256').update(of).digest();

const open = (create = false) => openSqliteStore({ directory, create, clock: systemClock });
const addToken = (store: Store, id: string, more: { maxUses?: number; keep?: string } = {}) => {
  const { maxUses = 1, keep = '' } = more;
  const token = { id, secretHash, expiresMs: Date.now() + HOUR, maxUses, labels: {}, hostName: keep };
  return store.createToken({ ...token, keepIdentity: keep !== '' }, BY);
};
const enroll = (store: Store, tokenId: string, hostName: string, key = hostName) =>
  store.enroll({
    tokenId,
    secretHash,
    hostId: randomUUID(),
    hostName,
    labels: {},
    keyHash: keyHash(key),
    from: 'test',
  });
const addOperator = (store: Store, name: string, serial: string, renews?: string) =>
  store.addOperator(
    { name, role: 'operator', serial, expiresMs: Date.now() + HOUR, ...(renews !== undefined && { renews }) },
    BY,
  );
const addLogin = (store: Store, id: string) =>
  store.createOperatorToken(
    { id, secretHash, name: 'eve', role: 'operator', ttlMs: HOUR, expiresMs: Date.now() + HOUR },
    BY,
  );

const addKey = (store: Store, name: string) =>
  store.createApiKey({ id: `id-${name}`, name, role: 'operator', origin: '', secretHash, expiresMs: 0 }, BY);

/** What a backup of Monday has, and what happened until Friday. */
async function monday(): Promise<void> {
  const store = await open(true);
  await addToken(store, 'hosts', { maxUses: 5 });
  for (const name of ['stolen', 'again']) await enroll(store, 'hosts', name);
  for (const id of ['unused', 'revoked', 'keep']) await addToken(store, id, id === 'keep' ? { keep: 'again' } : {});
  for (const name of ['eve', 'renews', 'stays']) await addOperator(store, name, `${name}-1`);
  for (const id of ['login-unused', 'login-used']) await addLogin(store, id);
  for (const name of ['leaked', 'good']) await addKey(store, name);
  await store.close();
  backupStore(directory, backup);
}
async function friday(): Promise<void> {
  const store = await open();
  await store.revokeHost('stolen', BY);
  await enroll(store, 'keep', 'again', 'another key');
  await enroll(store, 'unused', 'new');
  await store.revokeToken('revoked', BY);
  await store.useOperatorToken({ id: 'login-used', secretHash, keyHash: keyHash('eve') });
  await addOperator(store, 'renews', 'renews-2', 'renews-1');
  await addOperator(store, 'late', 'late-1');
  await store.revokeOperators({ name: 'eve', lastAdmin: true }, BY);
  await store.revokeApiKey('leaked', BY);
  await addKey(store, 'fresh');
  await store.close();
}

it('faults row 75: revocations, uses and enrollments of since the backup are carried over, and said', async () => {
  await monday();
  await friday();
  const before = await open();
  const old = await before.verifyAudit();
  await before.close();
  const restored = restoreStore(directory, backup);
  expect(restored).toMatchObject({
    lost: undefined,
    carried: {
      ...{ hosts: ['stolen'], operators: ['eve'], apiKeys: ['leaked'], tokens: 5 },
      ...{ unknownHosts: ['new'], unknownOperators: ['late'], unknownApiKeys: ['fresh'] },
    },
  });
  expect(restoredWords(restored)).toMatch(
    /hosts .* stay revoked: stolen\noperators .* stay revoked: eve\nAPI keys .* stay revoked: leaked\ntokens .*: 5\n.*new\n.*late\n.*fresh\n/,
  );

  const store = await open();
  const hosts = await store.hosts();
  expect(hosts.map(({ name, revokedMs, generation }) => [name, revokedMs > 0, generation])).toEqual([
    ['again', false, 1],
    ['stolen', true, 0],
  ]);
  for (const [token, name] of [
    ['unused', 'other'],
    ['revoked', 'other'],
    ['keep', 'again'],
  ] as const)
    await expect(enroll(store, token, name)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  // The key of before the enrollment again gets no new certificate of the host: the token makes no second host of that name.
  await expect(enroll(store, 'hosts', 'again')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  for (const id of ['login-unused', 'login-used'])
    await expect(store.useOperatorToken({ id, secretHash, keyHash: keyHash('eve') })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  const keys = (await store.apiKeys()).map(({ name, revokedMs }) => `${name} ${revokedMs > 0}`);
  expect(keys).toEqual(['good false', 'leaked true']);
  const operators = (await store.operators()).map(({ serial, revokedMs }) => `${serial} ${revokedMs > 0}`);
  expect(operators).toEqual(['eve-1 true', 'renews-1 false', 'renews-2 false', 'stays-1 false']);
  expect((await store.verifyAudit()).brokenAt).toBeUndefined();
  for await (const records of store.audit({ verb: 'restore' }))
    expect(records).toMatchObject([
      {
        actor: 'system',
        subject: 'monday.db',
        reason: expect.stringContaining(`audit record ${old.records}, hash ${Buffer.from(old.head).toString('hex')}`),
      },
    ]);
  await store.close();
  expect(readdirSync(directory).filter((name) => /former|restoring/.test(name))).toEqual([]);
});

it('what was revoked or used up stays so after a restore of a backup that never knew it, and another of one that did', async () => {
  const sunday = join(scratch, 'sunday.db');
  await (await open(true)).close();
  backupStore(directory, sunday);
  rmSync(directory, { recursive: true });
  await monday();
  await friday();
  restoreStore(directory, sunday);
  const between = await open();
  expect((await between.hosts()).map(({ name, revokedMs }) => `${name} ${revokedMs > 0}`)).toEqual(['stolen true']);
  await between.close();
  restoreStore(directory, backup);
  const store = await open();
  const keys = (await store.apiKeys()).map(({ name, revokedMs }) => `${name} ${revokedMs > 0}`);
  expect(keys).toEqual(['good false', 'leaked true']);
  const operators = (await store.operators()).map(({ serial, revokedMs }) => `${serial} ${revokedMs > 0}`);
  expect(operators).toEqual(['eve-1 true', 'renews-1 false', 'stays-1 false']);
  const hosts = (await store.hosts()).map(({ name, revokedMs }) => `${name} ${revokedMs > 0}`);
  expect(hosts).toEqual(['again false', 'stolen true']);
  for (const token of ['unused', 'revoked'])
    await expect(enroll(store, token, 'other'), token).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  for (const id of ['login-unused', 'login-used'])
    await expect(store.useOperatorToken({ id, secretHash, keyHash: keyHash('eve') }), id).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  await store.close();
});

it('faults row 33: a copy that was found since the backup stays locked out', async () => {
  await monday();
  const note = {
    sessionSerial: 7,
    duplicate: 'two machines',
    place: { bootId: 'b', network: '1', machine: ['00'] },
    seen: null,
  };
  const friday = await open();
  const [host] = await friday.hosts();
  const id = host?.id ?? '';
  await friday.saveHostNotes([[id, note]]);
  await friday.close();
  restoreStore(directory, backup);
  const store = await open();
  expect((await store.hostNotes()).get(id)).toEqual(note);
  await store.close();
});

it('a store that cannot be read is no reason not to restore, and is said', async () => {
  await monday();
  writeFileSync(join(directory, STORE_FILE), 'nonsense');
  const restored = restoreStore(directory, backup);
  expect(restoredWords(restored)).toMatch(/^WARNING: the store that was there cannot be read .*count again/);
  const store = await open();
  expect(await store.hosts()).toHaveLength(2);
  await store.close();
});

it('a copy is for nobody else to read, from its first byte on', async () => {
  await monday();
  expect(statSync(backup).mode & 0o777).toBe(0o600);
});
