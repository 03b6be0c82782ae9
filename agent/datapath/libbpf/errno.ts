// Names for the kernel's error numbers, so that texts say E2BIG and not 7.
import { constants } from 'node:os';
import { KernelError } from '../kernel-map.ts';

// Kernel-only numbers (linux/errno.h) that BPF calls return and libc has no name for.
const NAMES = new Map<number, string>([
  [512, 'ERESTARTSYS'],
  [524, 'ENOTSUPP'],
]);
for (const [name, number] of Object.entries(constants.errno)) if (!NAMES.has(number)) NAMES.set(number, name);
// Linux has two names for one number here and there; these are the ones that the BPF documentation uses.
NAMES.set(constants.errno.EAGAIN, 'EAGAIN');
NAMES.set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');

/** `7` or `-7` -> `E2BIG`; a number without a name becomes `errno 7`. */
export function errnoName(number: number): string {
  return NAMES.get(Math.abs(number)) ?? `errno ${Math.abs(number)}`;
}

/** The name of a call's error, undefined when it succeeded: for results of libbpf calls, which may be descriptors. */
export function failure(result: number): string | undefined {
  return result < 0 ? errnoName(result) : undefined;
}

/**
 * Passes on the result of a libbpf call (libbpf 1.x: a negative error number, and no other way).
 * @throws KernelError, whose text is `what: ENAME`
 */
export function check(result: number, what: string): number {
  if (result < 0) throw kernelError(result, what);
  return result;
}

/** For calls that do not return the error number themselves. `number`: of either sign; the code of the error is its name. */
export function kernelError(number: number, what: string): KernelError {
  const name = errnoName(number);
  return new KernelError(name, `${what}: ${name}`);
}
