// Network namespaces by name: made, entered, and taken away together with whatever still runs inside them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { patience } from './patience.ts';

/** Debian keeps ip, bpftool and ethtool where a plain user's PATH does not look. A PATH that has them is left as it is. */
export const toolPath = withSystemTools(process.env.PATH ?? '');

const quick = { env: { PATH: toolPath }, timeout: patience(20_000) } as const satisfies Options;

/** Runs `ip` with the given words; many commands at once through `ipBatch`. */
export async function ip(...args: string[]): Promise<string> {
  const { stdout } = await execa('ip', args, quick);
  return stdout;
}

/** Many `ip` commands, one per line, all in one namespace and one process. */
export async function ipBatch(namespace: string, lines: readonly string[]): Promise<void> {
  await execa('ip', ['-n', namespace, '-batch', '-'], { ...quick, input: `${lines.join('\n')}\n` });
}

export async function addNamespace(name: string): Promise<void> {
  await ip('netns', 'add', name);
  await ipBatch(name, ['link set lo up']);
}

/** Kills what runs inside and removes the namespace with its interfaces; one that is not there is no error. */
export async function deleteNamespace(name: string): Promise<void> {
  for (const pid of await processesIn(name)) kill(pid);
  await execa('ip', ['netns', 'del', name], { ...quick, reject: false });
}

export async function listNamespaces(): Promise<string[]> {
  const { stdout } = await execa('ip', ['netns', 'list'], { ...quick, reject: false });
  return (stdout ?? '')
    .split('\n')
    .flatMap((line) => line.split(' ', 1))
    .filter((name) => name !== '');
}

/**
 * The words that run a command inside. Not `ip netns exec`: that mounts a fresh /sys and so hides the BPF file system.
 * nsenter replaces itself by the command: the process id is the command's.
 */
export function inside(namespace: string, command: readonly string[]): [string, string[]] {
  return ['nsenter', [`--net=/run/netns/${namespace}`, ...command]];
}

async function processesIn(name: string): Promise<number[]> {
  const { stdout } = await execa('ip', ['netns', 'pids', name], { ...quick, reject: false });
  return (stdout ?? '').split('\n').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}

function withSystemTools(path: string): string {
  return path.split(':').some((directory) => existsSync(join(directory, 'ip'))) ? path : `${path}:/usr/sbin:/sbin`;
}
