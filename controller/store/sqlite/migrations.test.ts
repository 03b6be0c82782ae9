// A store of version 1, as it was written before there were confirmations, is brought to this version whole or not at all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../common/clock.ts';
import { parsePrefix } from '../../../common/prefix.ts';
import { backupStore, restoreStore } from './backup.ts';
import { STORE_FILE } from './open.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { openSqliteStore } from './sqlite-store.ts';

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
  monitor: false,
  dryRun: false,
});

/** With two claims and their records, as version 1 had them. */
async function makeVersion1(): Promise<void> {
  const store = await openSqliteStore({ directory, create: true, clock: systemClock });
  await store.addClaims(block('203.0.113.1'));
  await store.addClaims(block('203.0.113.2'));
  await store.close();
  const db = new DatabaseSync(join(directory, STORE_FILE));
  for (const table of [
    'confirmation_claim',
    'confirmation',
    'operator_token',
    'enrolled_key',
    'list_withheld',
    'list_exception',
  ])
    db.exec(`DROP TABLE ${table}`);
  db.exec('DROP INDEX claim_wide_4; DROP INDEX claim_wide_6; DROP TABLE host_note');
  for (const column of [
    'audit DROP COLUMN source',
    'host DROP COLUMN generation',
    'operator DROP COLUMN since_ms',
    'meta DROP COLUMN alive_ms',
  ])
    db.exec(`ALTER TABLE ${column}`);
  db.exec('ALTER TABLE token DROP COLUMN only_labels; PRAGMA user_version = 1');
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
  await makeVersion1();
  await expectWhole();
});

it('a backup of version 1 is restored as well', async () => {
  await makeVersion1();
  const file = join(directory, 'backup.db');
  backupStore(directory, file);
  restoreStore(directory, file);
  await expectWhole(1);
});

it('what fails half way is as it was: the next start does all of it', async () => {
  await makeVersion1();
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
  await makeVersion1();
  const db = new DatabaseSync(join(directory, STORE_FILE));
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  db.close();
  await expect(openSqliteStore({ directory, clock: systemClock })).rejects.toThrow(/written by a newer version/);
});
