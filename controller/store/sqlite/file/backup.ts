// Backup and restore of the embedded store. A backup is one file, consistent, made beside a running controller; a restored store
// begins a new life: its epoch is new, so that no revision is compared with those of the life before.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FleetblockError, messageOf } from '../../../../common/errors.ts';
import { ensurePrivateDirectory, syncDirectory } from '../../../../common/files.ts';
import { type CarriedOver, carryOver } from '../identity/carry-over.ts';
import { migrate } from './migrations.ts';
import { checkStore, lockDirectory, newEpoch, STORE_FILE } from './open.ts';
import { bigint, text } from './rows.ts';

/** `epoch` and last revision of the copy: a restored one has a new epoch. */
export interface BackupInfo {
  readonly epoch: string;
  readonly revision: bigint;
}

/** What a restore put in place, and what it took over from the store before. */
export interface RestoreInfo extends BackupInfo {
  readonly carried: CarriedOver;
  /** Why nothing could be carried over from the store that was there; undefined: it could, or there was none. */
  readonly lost: string | undefined;
}

/**
 * Copies the store of `directory` to the new file `target` (mode 0600), while a controller may run on it.
 * @throws FleetblockError NOT_FOUND (no store), ALREADY_EXISTS (target), DATA_LOSS (the store is damaged)
 */
export function backupStore(directory: string, target: string): BackupInfo {
  const path = join(directory, STORE_FILE);
  if (!existsSync(path)) throw new FleetblockError('NOT_FOUND', `there is no store in ${directory}`);
  if (existsSync(target))
    throw new FleetblockError('ALREADY_EXISTS', `${target} is there already: choose another file`);
  const beside = `${target}.tmp-${process.pid}`;
  try {
    copyStore(path, beside);
    const info = sealCopy(beside, undefined);
    renameSync(beside, target);
    syncDirectory(dirname(target));
    return info;
  } catch (error) {
    rmSync(beside, { force: true });
    if (error instanceof FleetblockError) throw error;
    throw new FleetblockError('FAILED_PRECONDITION', `cannot back up to ${target}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Makes the backup the store of `directory`, under a new epoch, without what was revoked or used up since. What was there is kept as
 * store.db.before-restore.
 * @throws FleetblockError NOT_FOUND (no such backup), DATA_LOSS (damaged), FAILED_PRECONDITION (a controller runs there)
 */
export function restoreStore(directory: string, backup: string, nowMs = Date.now()): RestoreInfo {
  if (!existsSync(backup)) throw new FleetblockError('NOT_FOUND', `there is no backup ${backup}`);
  ensurePrivateDirectory(directory);
  const lock = lockDirectory(directory);
  const path = join(directory, STORE_FILE);
  const beside = `${path}.restoring`;
  try {
    copyStore(backup, beside);
    bringUpToDate(beside);
    const { carried, lost } = carryFrom(path, beside, { file: basename(backup), nowMs });
    const info = sealCopy(beside, newEpoch());
    setAside(path);
    renameSync(beside, path);
    syncDirectory(directory);
    return { ...info, carried, lost };
  } catch (error) {
    rmSync(beside, { force: true });
    if (error instanceof FleetblockError) throw error;
    throw new FleetblockError('DATA_LOSS', `${backup} cannot be restored: ${messageOf(error)}`, { cause: error });
  } finally {
    lock.close();
  }
}

/** A consistent copy, for nobody else to read from its first byte on. */
function copyStore(from: string, to: string): void {
  rmSync(to, { force: true });
  closeSync(openSync(to, 'wx', 0o600));
  // Read-only: the last other connection to close would take the WAL of a crashed controller with it.
  const db = new DatabaseSync(from, { readOnly: true, timeout: 30_000 });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

/** @throws FleetblockError DATA_LOSS, FAILED_PRECONDITION: of a newer version */
function bringUpToDate(path: string): void {
  const db = new DatabaseSync(path);
  try {
    checkStore(db);
    migrate(db);
  } finally {
    db.close();
  }
}

/** From the store that is there, or that an earlier restore has set aside. A damaged one is often why there is a restore: it goes on. */
function carryFrom(path: string, restored: string, about: { file: string; nowMs: number }) {
  const source = [path, `${path}.before-restore`].find((each) => existsSync(each));
  const former = `${restored}.former`;
  try {
    if (source === undefined) return { carried: carryOver(restored, undefined, about), lost: undefined };
    copyStore(source, former);
    bringUpToDate(former);
    return { carried: carryOver(restored, former, about), lost: undefined };
  } catch (error) {
    return { carried: carryOver(restored, undefined, about), lost: messageOf(error) };
  } finally {
    rmSync(former, { force: true });
  }
}

/** Keeps what is there as store.db.before-restore. After a restore that was cut off here, what it has kept already stays kept. */
function setAside(path: string): void {
  const kept = `${path}.before-restore`;
  // Of a store that was kept before: they would be taken for this one's.
  if (existsSync(path)) for (const suffix of ['-wal', '-shm']) rmSync(`${kept}${suffix}`, { force: true });
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${kept}${suffix}`);
}

/** Checks a copy, marks it as whole without a WAL, and gives it its epoch. */
function sealCopy(path: string, epoch: string | undefined): BackupInfo {
  const db = new DatabaseSync(path);
  try {
    checkStore(db);
    db.exec('PRAGMA synchronous = FULL; UPDATE meta SET clean = 1');
    if (epoch !== undefined) db.prepare('UPDATE meta SET epoch = ?').run(epoch);
    const statement = db.prepare('SELECT epoch, head FROM meta');
    statement.setReadBigInts(true);
    const row = statement.get();
    if (!row) throw new FleetblockError('DATA_LOSS', `${path} has no epoch`);
    return { epoch: text(row, 'epoch'), revision: bigint(row, 'head') };
  } finally {
    db.close();
    const file = openSync(path, 'r');
    fsyncSync(file);
    closeSync(file);
  }
}
