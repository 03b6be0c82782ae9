// A network namespace of the test's own, for this process and the processes that it starts: interfaces made in it are seen by
// no one else and are gone with it. bpffs stays the machine's.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { pino } from 'pino';
import { library } from '../../agent/datapath/libbpf/library.ts';
import { toolPath } from '../../lab/namespaces.ts';
import { patience } from '../../lab/patience.ts';

const CLONE_NEWNET = 0x40000000;

const libc = koffi.load('libc.so.6');
const unshare: (flags: number) => number = libc.func('unshare', 'int', ['int']);
const setns: (fd: number, type: number) => number = libc.func('setns', 'int', ['int', 'int']);

export const quiet = pino({ level: 'silent' });

/** Why tests with real interfaces cannot run here; empty when they can. */
export function whyNoNetwork(): string {
  return process.geteuid?.() === 0 ? '' : 'needs root';
}

export class PrivateNetwork {
  readonly #before: number;

  private constructor(before: number) {
    this.#before = before;
  }

  /** Takes this thread into a new namespace. */
  static enter(): PrivateNetwork {
    const before = openSync('/proc/self/ns/net', 'r');
    if (unshare(CLONE_NEWNET) !== 0) throw new Error(`unshare: errno ${koffi.errno()}`);
    withoutIpv6('all');
    withoutIpv6('default');
    run('ip', 'link', 'set', 'lo', 'up');
    return new PrivateNetwork(before);
  }

  /** Takes this thread into the namespace of a lab's station; interfaces that it makes there have no IPv6. */
  static join(namespace: string): PrivateNetwork {
    const before = openSync('/proc/self/ns/net', 'r');
    const target = openSync(`/run/netns/${namespace}`, 'r');
    const result = setns(target, CLONE_NEWNET);
    closeSync(target);
    if (result !== 0) throw new Error(`setns: errno ${koffi.errno()}`);
    withoutIpv6('default');
    return new PrivateNetwork(before);
  }

  /** Back to the machine's namespace; a new one ends when its last process has. */
  leave(): void {
    if (setns(this.#before, CLONE_NEWNET) !== 0) throw new Error(`setns: errno ${koffi.errno()}`);
    closeSync(this.#before);
  }
}

/** Without neighbour discovery no packet is sent but the test's. `interfaces`: `all`, or `default` for those to come. */
function withoutIpv6(interfaces: 'all' | 'default'): void {
  writeFileSync(`/proc/sys/net/ipv6/conf/${interfaces}/disable_ipv6`, '1');
}

/** Runs a command in the present namespace. @returns its stdout */
export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    timeout: patience(20_000),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: toolPath },
  });
}

export const ip = (...args: string[]): string => run('ip', ...args);

/** A veth pair, both ends up. Without GRO a veth without a program drops what another one transmits by XDP. */
export function makePair(name: string, peer: string): void {
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', peer);
  for (const each of [name, peer]) {
    run('ethtool', '-K', each, 'gro', 'on');
    ip('link', 'set', each, 'up');
  }
}

/** Whether this kernel has virtual interfaces of that kind. */
export function kernelHas(kind: string): boolean {
  try {
    ip('link', 'add', 'probe0', 'type', kind);
  } catch {
    return false;
  }
  ip('link', 'del', 'probe0');
  return true;
}

let made = 0;

/** A directory name on bpffs that no other test has. Mounts bpffs if necessary. */
export function freshPinDir(): string {
  made++;
  return `/sys/fs/bpf/fbtest-${process.pid}-${made}`;
}

export function removePins(pinDir: string): void {
  rmSync(pinDir, { recursive: true, force: true });
}

/** Builds flood.bpf.c where it has changed. @returns the object's path */
export function buildFlood(): string {
  run('make', '--silent', '-C', join(import.meta.dirname, 'traffic'));
  return join(import.meta.dirname, '../../build/flood.bpf.o');
}

/** Index of an interface that must exist. */
export function indexOf(name: string): number {
  const index = library().nameToIndex(name);
  if (index === 0) throw new Error(`no interface ${name}`);
  return index;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `condition` holds, 30 seconds at the least: a limit is for what hangs, not for what is slow. */
export async function until(condition: () => boolean, limitMs: number, what: string): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > patience(Math.max(limitMs, 30_000)))
      throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(2);
  }
}
