// What the datapath needs from the machine, checked first, so that a missing piece is one clear line and not an EPERM later.
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { FleetblockError } from '../../common/errors.ts';
import { library } from './libbpf/library.ts';

/** linux/capability.h */
const CAPABILITIES = { NET_ADMIN: 12n, SYS_ADMIN: 21n, PERFMON: 38n, BPF: 39n } as const;

/** Without the CAP_ of linux/capability.h. */
export type Capability = keyof typeof CAPABILITIES;

/** What the programs take: XDP links, batch map calls. */
export const OLDEST_KERNEL: readonly [number, number] = [5, 15];
/** The oldest that `npm run test:kernels` boots; see docs/kernels.md. */
export const OLDEST_TESTED_KERNEL: readonly [number, number] = [6, 1];
const OBJECT = 'bpf/build/fleetblock.bpf.o';

/** Effective capabilities of this process, of those that matter here. */
export function effectiveCapabilities(): Capability[] {
  const line = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const bits = BigInt(`0x${line}`);
  const names: Capability[] = ['NET_ADMIN', 'SYS_ADMIN', 'PERFMON', 'BPF'];
  return names.filter((name) => ((bits >> CAPABILITIES[name]) & 1n) === 1n);
}

/** `6.18.44-fc` -> [6, 18]; [0, 0] for text that does not begin with a version. */
export function kernelVersion(uname: string): readonly [number, number] {
  const match = /^([0-9]+)\.([0-9]+)/.exec(uname);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

/** `uname`: as `uname -r` prints it; text without a version counts as 0.0. */
export function kernelAtLeast(uname: string, major: number, minor: number): boolean {
  const [a, b] = kernelVersion(uname);
  return a > major || (a === major && b >= minor);
}

/** Checks the kernel and the privileges. @throws FleetblockError that names what is missing and the fix */
export function checkPlatform(): void {
  if (!kernelAtLeast(release(), ...OLDEST_KERNEL))
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `Linux ${release()} is too old: fleetblock needs ${OLDEST_KERNEL.join('.')} or newer (XDP links, batch map calls)`,
    );
  checkCapabilities(effectiveCapabilities());
  library();
}

/**
 * What the datapath needs and this process lacks, with CAP_ in front. CAP_SYS_ADMIN has all but CAP_NET_ADMIN in it.
 * CAP_PERFMON: without it the verifier forbids the program to compute a packet's length from its pointers, and puts
 * speculation barriers into it.
 */
export function lackingCapabilities(effective: readonly Capability[]): string[] {
  const needed: Capability[] = ['BPF', 'NET_ADMIN', 'PERFMON'];
  return needed
    .filter((name) => !effective.includes(name) && (name === 'NET_ADMIN' || !effective.includes('SYS_ADMIN')))
    .map((name) => `CAP_${name}`);
}

/** @throws FleetblockError PERMISSION_DENIED */
export function checkCapabilities(effective: readonly Capability[]): void {
  const lacking = lackingCapabilities(effective);
  if (lacking.length > 0)
    throw new FleetblockError(
      'PERMISSION_DENIED',
      `the datapath needs ${lacking.join(', ')}: run as root, or give the service AmbientCapabilities=CAP_BPF CAP_NET_ADMIN CAP_PERFMON`,
    );
}

/** The compiled BPF object that came with this package, from the sources or from dist/. @throws FleetblockError */
export function packagedObject(): string {
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    const path = join(directory, OBJECT);
    if (existsSync(path)) return path;
    if (dirname(directory) === directory)
      throw new FleetblockError('FAILED_PRECONDITION', `there is no ${OBJECT} in this installation: run make -C bpf`);
  }
}
