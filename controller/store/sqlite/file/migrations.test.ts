// A store of an earlier version is brought to this one whole or not at all.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryCount } from '../../../../common/entries/packed.ts';
import { formatPrefix, parsePrefix } from '../../../../common/text/prefix.ts';
import { systemClock } from '../../../../common/time/clock.ts';
import type { NewApiKey } from '../../port/api-keys.ts';
import type { Store } from '../../store.ts';
import { openSqliteStore } from '../sqlite-store.ts';
import { backupStore, restoreStore } from './backup.ts';
import { makeTables, SCHEMA_VERSION } from './migrations.ts';
import { STORE_FILE } from './open.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetblock-migrate-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const block = (text: string) => ({
  prefixes: [parsePrefix(text)],
  action: 'block' as const,
  origin: 'manual',
  selector: { kind: 'all' as const },
  reason: '',
  actor: 'admin/alice',
  expiresMs: 0,
  dryRun: false,
});

const KEY: NewApiKey = {
  id: 'key-id',
  name: 'feeds',
  role: 'operator',
  origin: 'crowdsec',
  secretHash: new Uint8Array([1, 2, 3]),
  expiresMs: 0,
};

/** With two claims and their records, in the tables of that version. */
async function makeVersion(version: number): Promise<void> {
  const path = join(directory, STORE_FILE);
  const store = await openSqliteStore({ directory, create: true, clock: systemClock });
  await store.addClaims(block('203.0.113.1'));
  await store.addClaims(block('203.0.113.2'));
  await store.close();
  renameSync(path, `${path}.now`);
  const db = new DatabaseSync(path);
  makeTables(db, 0, version);
  db.exec(`ATTACH '${path}.now' AS now`);
  for (const { name } of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
    if (db.prepare(`SELECT 1 FROM now.${name}`).get() === undefined) continue;
    const columns = db.prepare(`SELECT group_concat(name) AS names FROM pragma_table_info('${name}')`).get()?.names;
    db.exec(`INSERT INTO main.${name} (${columns}) SELECT ${columns} FROM now.${name}`);
  }
  db.close();
}

/** @param restored has one record more */
async function expectWhole(restored = 0): Promise<void> {
  const store = await openSqliteStore({ directory, clock: systemClock });
  expect(store.head).toBe(2n);
  expect(await store.verifyAudit()).toMatchObject({ records: 2 + restored, brokenAt: undefined });
  const confirm = { id: 'aaaaaa', deadlineMs: Date.now() + 60_000 };
  expect(await store.addClaims({ ...block('203.0.113.3'), confirm, from: '192.0.2.1:5' })).toMatchObject({
    unconfirmed: true,
  });
  expect(await store.confirmations()).toHaveLength(1);
  expect(await store.verifyAudit()).toMatchObject({ records: 3 + restored, brokenAt: undefined });
  await store.close();
}

it('keeps claims and the chain of the audit, and can do what is new', async () => {
  await makeVersion(1);
  await expectWhole();
});

it('a store of version 8 gets API keys, and keeps what it had', async () => {
  await makeVersion(8);
  const store = await openSqliteStore({ directory, clock: systemClock });
  expect(await store.apiKeys()).toEqual([]);
  await store.createApiKey(KEY, { actor: 'admin/alice', reason: '' });
  await store.revokeApiKey(KEY.name, { actor: 'admin/alice', reason: '' });
  expect(await store.apiKeys()).toMatchObject([{ name: KEY.name }]);
  expect(await store.verifyAudit()).toMatchObject({ records: 4, brokenAt: undefined });
  await store.close();
});

it('a store of version 9 gets settings', async () => {
  await makeVersion(9);
  const store = await openSqliteStore({ directory, clock: systemClock });
  const setting = { kind: 'feed', name: 'drop', body: '{}' };
  await store.changeSettings({ sets: [setting] });
  expect(await store.settings('feed')).toEqual([setting]);
  await store.close();
});

it('a backup of version 1 is restored as well', async () => {
  await makeVersion(1);
  const file = join(directory, 'backup.db');
  backupStore(directory, file);
  restoreStore(directory, file);
  await expectWhole(1);
});

it('what fails half way is as it was: the next start does all of it', async () => {
  await makeVersion(1);
  // In the way of the last of the new tables.
  const db = new DatabaseSync(join(directory, STORE_FILE));
  db.exec('CREATE TABLE enrolled_key (x INTEGER) STRICT');
  db.close();
  await expect(openSqliteStore({ directory, clock: systemClock })).rejects.toThrow();
  const again = new DatabaseSync(join(directory, STORE_FILE));
  expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  expect(again.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'confirmation%'").get()).toEqual({
    n: 0,
  });
  again.exec('DROP TABLE enrolled_key');
  again.close();
  await expectWhole();
});

it('a store of a later version is refused', async () => {
  await makeVersion(1);
  const db = new DatabaseSync(join(directory, STORE_FILE));
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  db.close();
  await expect(openSqliteStore({ directory, clock: systemClock })).rejects.toThrow(/written by a newer version/);
});

describe('a store of version 2, as its own program wrote it', () => {
  const by = { actor: 'admin/alice', reason: '', from: '' };
  const secretHash = createHash('sha256').update('secret').digest();
  beforeEach(() => {
    const db = new DatabaseSync(join(directory, STORE_FILE));
    db.exec(readFileSync(new URL('./schema-2.sql', import.meta.url), 'utf8'));
    db.close();
  });

  it('has all that it had', async () => {
    await using store = closing(await openSqliteStore({ directory, clock: systemClock }));
    expect(store.head).toBe(6n);
    const claims = [];
    for await (const batch of store.claims({})) claims.push(...batch);
    expect(claims.map(({ prefix, action }) => `${action} ${formatPrefix(prefix)}`).sort()).toEqual([
      'allow 198.51.100.1/32',
      'block 2001:db8::/32',
      'block 203.0.113.0/29',
      'block 203.0.113.1/32',
      'block 203.0.113.50/32',
      'block 203.0.113.99/32',
    ]);
    let rows = 0;
    for await (const piece of store.listRows('feed')) rows += entryCount(piece);
    expect(rows).toBe(3);
    expect(await store.lists()).toMatchObject([{ name: 'feed', entries: 3, exceptions: 0 }]);
    expect(await store.hosts()).toMatchObject([{ id: 'id-web1', labels: { env: 'prod', role: 'web' }, generation: 0 }]);
    expect(await store.listTokens()).toMatchObject([{ id: 'host-token', uses: 1, onlyLabels: false }]);
    const [bob] = await store.operators();
    expect(bob).toMatchObject({ name: 'bob', role: 'operator', sinceMs: bob?.createdMs });
    expect(await store.confirmations()).toMatchObject([{ id: 'waiter' }]);
    // A used one could be answered by its certificate only, which was not kept.
    expect(await store.operatorTokens()).toMatchObject([{ id: 'unused', revokedMs: 0 }]);
    expect(await store.verifyAudit()).toMatchObject({ records: 10, brokenAt: undefined });
  });

  it('can do what is new, and still can after the next start', async () => {
    {
      await using store = closing(await openSqliteStore({ directory, clock: systemClock }));
      const covered = [parsePrefix('45.0.1.7')];
      await store.changeExceptions({ ...by, name: 'feed', prefixes: covered, except: true, dryRun: false });
      await store.confirm('waiter', { ...by, mayForce: true });
      await store.useOperatorToken({ id: 'unused', secretHash, keyHash: secretHash });
      const operator = { name: 'unused', role: 'viewer', serial: 'cd02', expiresMs: Date.now() + 60_000 } as const;
      expect((await store.logIn('unused', operator, 'PEM', by)).record).toMatchObject({ serial: 'cd02' });
      await store.enroll({
        tokenId: 'host-token',
        secretHash,
        hostId: 'id-web2',
        hostName: 'web2',
        labels: {},
        from: '',
      });
      expect(await store.hostNotes()).toEqual(new Map());
      await store.createApiKey(KEY, by);
    }
    await using store = closing(await openSqliteStore({ directory, clock: systemClock }));
    expect(await store.lists()).toMatchObject([{ name: 'feed', entries: 10, exceptions: 1 }]);
    expect(await store.confirmations()).toEqual([]);
    expect((await store.hosts()).map(({ name }) => name)).toEqual(['web1', 'web2']);
    expect(await store.apiKeys()).toMatchObject([{ ...KEY, actor: by.actor, usedMs: 0 }]);
    expect(await store.verifyAudit()).toMatchObject({ records: 15, brokenAt: undefined });
  });

  it('confirms and undoes what waited, with all that was kept of it', async () => {
    const deadlineMs = 4_102_444_800_000;
    const db = new DatabaseSync(join(directory, STORE_FILE));
    db.exec(`DELETE FROM claim WHERE address = X'cb007132';
      INSERT INTO confirmation VALUES ('undoer', 'admin/bob', '', 1795176000000, ${deadlineMs}, 0, 'waiting', 0);
      INSERT INTO confirmation_claim VALUES ('undoer', 4, X'cb007163', 32, 'block', 'manual', 'all', 0, 'more',
        '{"reason":"look","actor":"admin/carol","createdMs":5,"expiresMs":0,"monitor":true}')`);
    db.close();
    await using store = closing(await openSqliteStore({ directory, clock: systemClock }));
    expect((await store.confirm('waiter', { ...by, mayForce: true })).outcomes).toEqual(['UPDATED']);
    expect((await store.expireClaims(deadlineMs)).undone).toMatchObject([{ id: 'undoer' }]);
    const claims = [];
    for await (const batch of store.claims({ within: parsePrefix('203.0.113.32/27') })) claims.push(...batch);
    for await (const batch of store.claims({ within: parsePrefix('203.0.113.96/27') })) claims.push(...batch);
    expect(claims).toMatchObject([
      { reason: 'since 2', actor: 'admin/alice', createdMs: 1_795_176_000_000, expiresMs: 0, action: 'block' },
      { reason: 'look', actor: 'admin/carol', createdMs: 5, expiresMs: 0, action: 'monitor' },
    ]);
  });
});

/** Closed before the directory goes, whatever a test finds. */
function closing(store: Store): Store & AsyncDisposable {
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

it('an index of version 6 is replaced by one under which a look-up of a claim is prepared once', async () => {
  await makeVersion(6);
  const db = new DatabaseSync(join(directory, STORE_FILE));
  db.exec('CREATE INDEX claim_wide_4 ON claim (actor) WHERE family = 4');
  db.close();
  await (await openSqliteStore({ directory, clock: systemClock })).close();
  const after = new DatabaseSync(join(directory, STORE_FILE));
  const conditions = after
    .prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'claim' AND sql IS NOT NULL")
    .all()
    .map((row) => String(row.sql).split(' WHERE ')[1] ?? '');
  after.close();
  expect(conditions.join()).toContain('iif(family = 6');
  for (const column of ['family', 'address', 'length', 'action'])
    expect(conditions.filter((condition) => new RegExp(`(^|AND )${column} = `).test(condition))).toEqual([]);
});
