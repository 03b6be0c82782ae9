// A Docker engine for the container test: whether one answers here, and commands inside its network.
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { toolPath } from '../../lab/namespaces.ts';

const env = { PATH: toolPath };

/** File with the process id of an engine that lives in its own network and mount namespaces; not set: the machine's. */
const enginePid = process.env.FLEETBLOCK_ENGINE_PID;

/** Why the container test cannot run here, in one line; undefined when it can. */
export async function whyNoEngine(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'making an interface for the agent needs root';
  const run = (...args: string[]) => execa('docker', args, { env, reject: false, timeout: 20_000 });
  const version = await run('version', '--format', '{{.Server.Version}}');
  if (version.exitCode !== 0) return 'no Docker engine answers here';
  if ((await run('compose', 'version')).exitCode !== 0) return 'docker has no compose plugin here';
  const name = await run('info', '--format', '{{.Name}}');
  if (enginePid === undefined && name.stdout !== hostname()) return 'the Docker engine is on another machine';
  return undefined;
}

/** Runs a command where a container with `network_mode: host` is: in the engine's network, seeing its mounts. */
export function inEngine(...command: [string, ...string[]]) {
  const [file, ...args] = enginePid === undefined ? command : ['nsenter', ...engineNamespaces(enginePid), ...command];
  return execa(file, args, { env, timeout: 30_000 });
}

function engineNamespaces(pidFile: string): string[] {
  return ['-t', readFileSync(pidFile, 'utf8').trim(), '-n', '-m'];
}

/** A machine beside the engine's host: a network namespace at the other end of a veth pair, gone with its process. */
export interface Neighbour {
  /** True when the neighbour, speaking as `source`, gets an answer to one of three pings. */
  reaches(source: string, target: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * @param link name of the veth end that stays at the host
 * @param hostAddress the host's, in CIDR form; `addresses` are the neighbour's, in CIDR form
 */
export async function makeNeighbour(link: string, hostAddress: string, addresses: string[]): Promise<Neighbour> {
  // The namespace has no name that could be left behind: it lives as long as this process, which dies with the test.
  const [file, ...args] =
    enginePid === undefined
      ? ['unshare', '-n', 'sleep', 'infinity']
      : ['nsenter', ...engineNamespaces(enginePid), 'unshare', '-n', 'sleep', 'infinity'];
  const holder = execa(file ?? 'unshare', args, { env, reject: false, stdio: 'ignore' });
  const close = async () => {
    holder.kill('SIGKILL');
    await holder;
    // Gone with the namespace, a moment later; gone now if this comes first.
    await inEngine('ip', 'link', 'del', link).catch(() => undefined);
  };
  try {
    const pid = await enteredNamespace(holder);
    const inside = (...command: string[]) => execa('nsenter', ['-t', `${pid}`, '-n', ...command], { env });
    await inEngine('ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', `${pid}`);
    await inEngine('ip', 'address', 'add', hostAddress, 'dev', link);
    await inEngine('ip', 'link', 'set', link, 'up');
    for (const address of addresses) await inside('ip', 'address', 'add', address, 'dev', 'uplink');
    await inside('ip', 'link', 'set', 'uplink', 'up');
    return {
      reaches: async (source, target) => {
        const ping = ['ping', '-n', '-q', '-c', '3', '-i', '0.2', '-W', '1', '-I', source, target];
        const { exitCode, stderr } = await execa('nsenter', ['-t', `${pid}`, '-n', ...ping], {
          env,
          reject: false,
          timeout: 10_000,
        });
        // 1 is "no answer"; anything else is a ping that could not be sent, which proves nothing.
        if (exitCode !== 0 && exitCode !== 1) throw new Error(`ping from ${source} did not run: ${stderr}`);
        return exitCode === 0;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits until the holder is in a network namespace of its own, and says which process it is. */
async function enteredNamespace(holder: { readonly pid?: number | undefined }): Promise<number> {
  const network = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);
  const outer = (await inEngine('readlink', '/proc/self/ns/net')).stdout;
  for (let tries = 0; tries < 250; tries++) {
    const { pid } = holder;
    if (pid !== undefined && ![network('self'), outer].includes(network(pid))) return pid;
    await sleep(20);
  }
  throw new Error('no network namespace for the neighbour: is unshare -n allowed here?');
}
