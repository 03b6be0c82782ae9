// Opening the store's file: one process at a time, the schema's version, and every sign of damage before a byte is served.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FleetblockError, messageOf } from '../../../../common/errors.ts';
import { failpoint } from '../../../../common/failpoint.ts';
import { ensurePrivateDirectory, syncDirectory } from '../../../../common/files.ts';
import { explainSqliteError } from './connection.ts';
import { makeTables, migrate, SCHEMA_VERSION } from './migrations.ts';
import { integer, text } from './rows.ts';
import { checkWal } from './wal-check.ts';

/** Beside it SQLite has store.db-wal and store.db-shm, and a controller store.lock. */
export const STORE_FILE = 'store.db';
const LOCK_FILE = 'store.lock';

/** Locked, checked, and held by a connection of its own until `handOver`. */
export interface OpenedFile {
  readonly path: string;
  readonly epoch: string;
  /** Call it once other connections are open: the last one to close would take the WAL with it. */
  handOver(): void;
  /** Lets another process have the directory. */
  unlock(): void;
}

/** A new random epoch: 128 bits, hexadecimal. */
export function newEpoch(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Locks the directory, checks the file and marks it as in use.
 * @throws FleetblockError NOT_FOUND (no store and not `create`), FAILED_PRECONDITION (in use, or of a newer version),
 * RESOURCE_EXHAUSTED (the disk is full), DATA_LOSS (damaged, or copied without its WAL).
 */
export function openStoreFile(directory: string, create: boolean): OpenedFile {
  const path = join(directory, STORE_FILE);
  if (!existsSync(path) && !create)
    throw new FleetblockError(
      'NOT_FOUND',
      `there is no store in ${directory}: run fleetblock-controller init --data-dir ${directory} first`,
    );
  ensurePrivateDirectory(directory);
  const lock = lockDirectory(directory);
  let db: DatabaseSync | undefined;
  try {
    if (!existsSync(path)) createStoreFile(directory, path);
    checkBeforeOpening(path);
    const opened = new DatabaseSync(path, { timeout: 5000 });
    db = opened;
    opened.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    checkStore(opened);
    migrate(opened);
    const row = opened.prepare('SELECT epoch FROM meta').get();
    if (!row) throw damaged('it has no epoch');
    markInUse(opened, directory);
    return {
      path,
      epoch: text(row, 'epoch'),
      handOver: () => opened.close(),
      unlock: () => {
        if (opened.isOpen) opened.close();
        lock.close();
      },
    };
  } catch (error) {
    if (db?.isOpen) db.close();
    lock.close();
    throw explainSqliteError(error);
  }
}

/** The last that is written: from then on a missing WAL is no sign of damage, everything is in the main file. */
export function markClean(db: { exec(sql: string): void }): void {
  // First what frees room: on a full disk, too, a stop is clean.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  failpoint('store.close.flushed');
  db.exec('UPDATE meta SET clean = 1');
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  failpoint('store.close.marked');
}

/**
 * A database of its own that is held exclusively: the kernel frees it when the process dies, however it dies.
 * @throws FleetblockError FAILED_PRECONDITION: another process holds it; RESOURCE_EXHAUSTED: the disk is full
 */
export function lockDirectory(directory: string): DatabaseSync {
  const path = join(directory, LOCK_FILE);
  const lock = new DatabaseSync(path);
  try {
    chmodSync(path, 0o600);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    const explained = explainSqliteError(error);
    if (explained instanceof FleetblockError) throw explained;
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `another fleetblock-controller uses ${directory} (${messageOf(error)}): stop it first`,
      { cause: error },
    );
  }
}

/** Made beside and renamed: a store is there whole, or not at all. */
function createStoreFile(directory: string, path: string): void {
  const beside = `${path}.making`;
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${beside}${suffix}`, { force: true });
  const db = new DatabaseSync(beside);
  try {
    chmodSync(beside, 0o600);
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    makeTables(db, 0);
    db.prepare('INSERT INTO meta (only, epoch, head, history_floor, clean) VALUES (1, ?, 0, 0, 1)').run(newEpoch());
    db.exec('COMMIT; PRAGMA journal_mode = WAL');
  } finally {
    // Takes the still empty WAL with it: everything is in the main file.
    db.close();
  }
  failpoint('store.open.made');
  renameSync(beside, path);
  syncDirectory(directory);
  failpoint('store.open.created');
}

/** What SQLite would pass over in silence. */
function checkBeforeOpening(path: string): void {
  const wal = `${path}-wal`;
  if (existsSync(wal) && statSync(wal).size > 0) checkWal(wal);
  else if (!existsSync(wal) && !wasClosedCleanly(path))
    throw damaged('it was copied without its -wal file, which holds the last changes');
}

function wasClosedCleanly(path: string): boolean {
  // Immutable: a plain look would leave an empty WAL behind, and the next start would miss none.
  const db = new DatabaseSync(immutable(path), { readOnly: true });
  try {
    const row = db.prepare('SELECT clean FROM meta').get();
    return row !== undefined && integer(row, 'clean') === 1;
  } catch (error) {
    throw damaged(messageOf(error));
  } finally {
    db.close();
  }
}

function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return url;
}

/** @throws FleetblockError FAILED_PRECONDITION (a newer version's), DATA_LOSS (damaged). */
export function checkStore(db: DatabaseSync): void {
  checkVersion(db);
  checkIntegrity(db);
}

function checkVersion(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get();
  const version = row ? integer(row, 'user_version') : 0;
  if (version > SCHEMA_VERSION)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `the store was written by a newer version (schema ${version}, this one knows ${SCHEMA_VERSION}): upgrade fleetblock-controller`,
    );
  if (version < 1) throw damaged(`it has schema version ${version}`);
}

function checkIntegrity(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA integrity_check(1)').get();
  const verdict = row ? text(row, 'integrity_check') : 'no answer';
  if (verdict !== 'ok') throw damaged(verdict);
}

/**
 * Written through to the main file, so that a copy of it alone tells that a WAL belonged to it. The WAL itself must be durable
 * before: a crash or a power cut in between would leave a file that says that its WAL is missing.
 */
function markInUse(db: DatabaseSync, directory: string): void {
  // SQLite makes the WAL with the first look at the data.
  db.exec('SELECT clean FROM meta');
  syncDirectory(directory);
  failpoint('store.open.wal-made');
  db.exec('UPDATE meta SET clean = 0');
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  failpoint('store.open.marked');
}

function damaged(what: string): FleetblockError {
  return new FleetblockError(
    'DATA_LOSS',
    `the store is damaged: ${what}. Nothing is served from it, hosts go on enforcing what they hold; restore a backup with fleetblock-controller restore`,
  );
}
