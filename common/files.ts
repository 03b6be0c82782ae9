// Files that must be whole or absent: atomic replacement, and secrets that only their owner may read.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FleetblockError, messageOf, systemCode } from './errors.ts';

/** Replaces `path` in one step (write beside, fsync, rename, fsync the directory): a reader sees the old or the new whole. */
export function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o600): void {
  const beside = `${path}.tmp-${randomBytes(8).toString('hex')}`;
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const file = openNew(beside, mode);
  try {
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Opens a file that nothing stood in the place of, no link either: what others may have put there is never written to. */
export function openNew(path: string, mode: number): number {
  return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
}

/** Makes a rename or removal in `directory` durable. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes the directory (and parents) with mode 0700 when it is missing. */
export function ensurePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * As ensurePrivateDirectory, for a directory in which no other user may put or replace files.
 * @throws FleetblockError FAILED_PRECONDITION when it belongs to another user, or others may write to it
 */
export function ensureOwnDirectory(path: string): void {
  ensurePrivateDirectory(path);
  const { uid, mode } = statSync(path);
  const self = process.geteuid?.() ?? 0;
  if (uid !== self && uid !== 0)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `${path} belongs to another user (uid ${uid}), who could replace what is in it: use another directory, or check its contents and chown ${self} ${path}`,
    );
  if ((mode & 0o022) !== 0)
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `${path} has mode ${(mode & 0o7777).toString(8)}, so that others can replace what is in it: check its contents, then chmod 700 ${path}`,
    );
}

/**
 * Reads a file that holds a private key or a token. What is checked is what is read: a swapped name changes nothing.
 * @throws FleetblockError FAILED_PRECONDITION when others may read it or it belongs to another user, NOT_FOUND when it is missing;
 * `what` names it.
 */
export function readSecretFile(path: string, what: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const stat = fstatSync(file);
    const { mode, uid, gid } = stat;
    if (stat.isDirectory())
      throw new FleetblockError('FAILED_PRECONDITION', `cannot read ${what}: ${path} is a directory`);
    // Root may let a group read it, as Debian's ssl-cert reads the keys of services.
    const forbidden = uid === 0 && gid !== 0 ? 0o037 : 0o077;
    if ((mode & forbidden) !== 0)
      throw new FleetblockError('FAILED_PRECONDITION', `${what} ${path} is open to other users: run chmod 600 ${path}`);
    const self = process.geteuid?.() ?? 0;
    if (uid !== self && uid !== 0)
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `${what} ${path} belongs to another user (uid ${uid}): run chown ${self} ${path}`,
      );
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof FleetblockError) throw error;
    const code = systemCode(error) === 'ENOENT' ? 'NOT_FOUND' : 'FAILED_PRECONDITION';
    throw new FleetblockError(code, `cannot read ${what}: ${messageOf(error)}`, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
