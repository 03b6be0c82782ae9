// The directory on bpffs that holds everything of one agent, and why it can be trusted: anyone who can write there can hand the
// agent maps and programs of their own.
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, type Stats, statfsSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { FleetblockError, messageOf, systemCode } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { DEFAULT_PIN_DIR } from '../datapath.ts';
import { errnoName } from '../libbpf/errno.ts';
import { library } from '../libbpf/library.ts';
import { lockDirectory } from './directory-lock.ts';

const BPFFS = '/sys/fs/bpf';
const BPFFS_MAGIC = 0xcafe4a11;
/** MS_NOSUID | MS_NODEV | MS_NOEXEC, as systemd mounts it. */
const MOUNT_FLAGS = 2 | 4 | 8;

const refused = (text: string, cause?: unknown): FleetblockError =>
  new FleetblockError('FAILED_PRECONDITION', text, { cause });

/** Whether the path is on a bpffs. False when it does not exist. */
export function isBpffs(path: string): boolean {
  try {
    return statfsSync(path).type === BPFFS_MAGIC;
  } catch {
    return false;
  }
}

/**
 * Makes the pin directory (mounting bpffs at /sys/fs/bpf if necessary) and checks that no other user can have written there.
 * @throws FleetblockError that names what is wrong and the fix
 */
export function preparePinDirectory(path: string, logger: Logger): void {
  checkPath(path);
  if ((path === BPFFS || path.startsWith(`${BPFFS}/`)) && !isBpffs(BPFFS)) mountBpffs(logger);
  checkAncestors(path);
  if (!exists(path)) {
    if (!isBpffs(nearestExisting(path))) throw notOnBpffs(path);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw refused(`cannot make the pin directory ${path}: ${messageOf(error)}`, error);
    }
  }
  checkPinDirectory(path);
}

/** As preparePinDirectory, but makes and mounts nothing. @returns false when there is no such directory */
export function findPinDirectory(path: string): boolean {
  checkPath(path);
  if (!exists(path)) return false;
  checkAncestors(path);
  checkPinDirectory(path);
  return true;
}

/** Checks a directory that only this agent may write to. @throws FleetblockError */
export function checkPinDirectory(path: string): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) throw refused(`${path} is a symbolic link: remove it, or name the directory itself`);
  if (!stats.isDirectory()) throw refused(`${path} is not a directory: remove it`);
  if (!isBpffs(path)) throw notOnBpffs(path);
  checkOwner(path, stats);
  if ((stats.mode & 0o077) !== 0)
    throw refused(
      `${path} has mode ${octal(stats)}, so that others can plant things in it: check its contents, then chmod 700 ${path}`,
    );
}

/** Names in a checked directory; each is a pin or a directory of this agent's own. @throws FleetblockError on anything else */
export function listPins(directory: string): string[] {
  if (!exists(directory)) return [];
  checkPinDirectory(directory);
  const names = readdirSync(directory).sort();
  for (const name of names) {
    const path = join(directory, name);
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) throw refused(`${path} is a symbolic link, which fleetblock never makes: remove it`);
    checkOwner(path, stats);
    if ((stats.mode & 0o077) !== 0 || (stats.isFile() && (stats.mode & 0o777) !== 0o600))
      throw refused(`${path} has mode ${octal(stats)}, which fleetblock never gives: find out who did, then remove it`);
  }
  return names;
}

/**
 * Makes this process the only agent on the pin directory until the returned function is called or the process ends,
 * however it ends. Leaves no file behind.
 * @throws FleetblockError FAILED_PRECONDITION naming the process that holds it
 */
export function lockPinDirectory(path: string): () => void {
  return lockDirectory(path, 'stop it first, or use another --pin-dir');
}

function checkPath(path: string): void {
  if (!isAbsolute(path) || normalize(path) !== path || path === '/' || path.endsWith('/'))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `--pin-dir ${path}: give an absolute path such as ${DEFAULT_PIN_DIR}`,
    );
  // bpffs refuses dots below its root; say so before the kernel says EPERM.
  const last = path.split('/').at(-1) ?? '';
  if (last.includes('.'))
    throw new FleetblockError('INVALID_ARGUMENT', `--pin-dir ${path}: names on bpffs cannot have dots`);
}

/** Only root and this process's user may be able to replace a directory above it. */
function checkAncestors(path: string): void {
  for (let each = dirname(path); each !== '/'; each = dirname(each)) {
    if (!exists(each)) continue;
    const stats = lstatSync(each);
    if (stats.isSymbolicLink()) throw refused(`${each} is a symbolic link: use the real path for --pin-dir`);
    if (!stats.isDirectory()) throw refused(`${each} is not a directory`);
    if (stats.uid !== 0) checkOwner(each, stats);
    const sticky = (stats.mode & 0o1000) !== 0;
    if ((stats.mode & 0o022) !== 0 && !sticky)
      throw refused(
        `${each} can be written by others (mode ${octal(stats)}): chmod go-w ${each}, or use another --pin-dir`,
      );
  }
}

function checkOwner(path: string, stats: Stats): void {
  const me = process.geteuid?.() ?? 0;
  if (stats.uid !== me)
    throw refused(
      `${path} belongs to user ${stats.uid}, not to ${me === 0 ? 'root' : `this process's user ${me}`}: find out who made it, then remove it`,
    );
}

function mountBpffs(logger: Logger): void {
  const fix = `mount -t bpf bpf ${BPFFS}`;
  if (process.geteuid?.() !== 0) throw refused(`bpffs is not mounted on ${BPFFS}: as root, ${fix}`);
  if (inPrivateMountNamespace())
    throw refused(
      `bpffs is not mounted on ${BPFFS} and this process has its own mount namespace (ip netns exec, unshare): a mount made here would end with it, and enforcement too. Run ${fix} outside first and enter a network namespace with nsenter --net=`,
    );
  if (library().mount('bpf', BPFFS, 'bpf', MOUNT_FLAGS, 'mode=0700') !== 0)
    throw refused(`cannot mount bpffs on ${BPFFS} (${errnoName(library().errno())}): ${fix}`);
  logger.info({ path: BPFFS }, 'mounted bpffs');
}

/** Whether a process above this one has other mounts: a mount made here is then invisible to others and ends with this namespace. */
function inPrivateMountNamespace(): boolean {
  const own = mountNamespace(process.pid);
  for (let pid = process.ppid; pid > 0; pid = parentOf(pid)) {
    const other = mountNamespace(pid);
    if (own !== undefined && other !== undefined && other !== own) return true;
  }
  return false;
}

/** Undefined when this process may not read it: its ancestors can have more privileges. */
function mountNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+([0-9]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const octal = (stats: Stats): string => (stats.mode & 0o7777).toString(8).padStart(4, '0');

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false;
    if (systemCode(error) === 'EACCES')
      throw new FleetblockError('PERMISSION_DENIED', `cannot read ${path}: run as root`, { cause: error });
    throw error;
  }
}

function nearestExisting(path: string): string {
  let each = path;
  while (!exists(each)) each = dirname(each);
  return each;
}

function notOnBpffs(path: string): FleetblockError {
  return refused(
    `${path} is not on a bpffs: mount -t bpf bpf ${BPFFS} and use a --pin-dir below it (inside ip netns exec it is hidden: enter with nsenter --net=)`,
  );
}
