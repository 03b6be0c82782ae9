// One agent at a time: a lock on a directory that ends with the process, however it ends, and leaves no file behind.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { FleetblockError } from '../../../common/errors.ts';
import { errnoName } from '../libbpf/errno.ts';
import { library } from '../libbpf/library.ts';

const LOCK_EXCLUSIVE_NOW = 2 | 4;

/**
 * Locks `path` until the returned function is called or the process ends. `advice` ends the error's text.
 * @throws FleetblockError FAILED_PRECONDITION naming the process that holds it; Node system errors of open(2)
 */
export function lockDirectory(path: string, advice: string): () => void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  if (library().flock(fd, LOCK_EXCLUSIVE_NOW) !== 0) {
    const reason = errnoName(library().errno());
    const holder = reason === 'EAGAIN' ? holderOf(fd) : undefined;
    closeSync(fd);
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      reason === 'EAGAIN'
        ? `another fleetblock-agent${holder === undefined ? '' : ` (process ${holder})`} has ${path}: ${advice}`
        : `cannot lock ${path}: ${reason}`,
    );
  }
  let locked = true;
  return () => {
    if (locked) closeSync(fd);
    locked = false;
  };
}

/** The process that holds a lock on the same file, if it is visible from this process's PID namespace. */
function holderOf(fd: number): number | undefined {
  const { ino } = fstatSync(fd);
  const line = readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .find((each) => new RegExp(`FLOCK .* [0-9a-f]+:[0-9a-f]+:${ino} `).test(each));
  const pid = Number(/WRITE +([0-9]+)/.exec(line ?? '')?.[1]);
  return pid > 0 ? pid : undefined;
}
