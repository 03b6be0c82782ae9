// Files that must be whole or absent: atomic replacement, and secrets that only their owner may read.
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FleetblockError, messageOf, systemCode } from './errors.ts';

/** Replaces `path` in one step (write beside, fsync, rename, fsync the directory): a reader sees the old or the new whole. */
export function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o600): void {
  const beside = `${path}.tmp-${process.pid}`;
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  try {
    const file = openSync(beside, 'w', mode);
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
 * Reads a file that holds a private key or a token. What is checked is what is read: a swapped name changes nothing.
 * @throws FleetblockError FAILED_PRECONDITION when others may read it or it is somebody else's, NOT_FOUND when it is missing;
 * `what` names it.
 */
export function readSecretFile(path: string, what: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { mode, uid } = fstatSync(file);
    if ((mode & 0o077) !== 0)
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
