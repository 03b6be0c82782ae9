// What an abuser meets: the published controller with a fleet in its store, and its other users: an admin, and one host
// that enforces.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import type { OperatorRole } from '../../controller/identity/pki/names.ts';
import { DataDirectory } from '../../controller/store/data-dir.ts';
import { STORE_FILE } from '../../controller/store/sqlite/file/open.ts';
import { RunningFleet } from '../../test/identity/running.ts';
import { type HostIdentity, SimulatedHost, until } from '../../test/sync/fleet.ts';
import { Operator } from '../../test/sync/operator.ts';
import { ProbeReader, probeEnv } from '../import/probe-reader.ts';

const CONTROLLER = fileURLToPath(new URL('../../dist/controller/main.js', import.meta.url));

export interface StageOptions {
  /** Of the store's file, before the controller is started. */
  readonly fill?: (storeFile: string) => void;
}

export class Stage implements AsyncDisposable {
  readonly address: string;
  readonly admin: Operator;
  readonly viewer: ClientIdentity;
  readonly evil: HostIdentity;
  readonly #fleet: RunningFleet;
  readonly #child: ChildProcess;
  readonly #host: SimulatedHost;
  readonly #probe: ProbeReader;

  private constructor(made: { fleet: RunningFleet; child: ChildProcess; address: string; people: People }) {
    const { fleet, child, address, people } = made;
    this.address = address;
    this.#fleet = fleet;
    this.#child = child;
    this.admin = new Operator(address, people.admin);
    this.viewer = people.viewer;
    this.evil = people.evil;
    this.#probe = new ProbeReader(dirname(fleet.dataDir));
    this.#host = new SimulatedHost(address, people.good);
  }

  static async start({ fill }: StageOptions = {}): Promise<Stage> {
    const fleet = await RunningFleet.start();
    const people = await enrolled(fleet);
    await fleet.release();
    fill?.(join(new DataDirectory(fleet.dataDir).store, STORE_FILE));
    const { child, address } = await startController(fleet.dataDir);
    const stage = new Stage({ fleet, child, address, people });
    await until('the host to be synced', async () => (await stage.admin.host('good')).status === 'synced');
    return stage;
  }

  /** Resident memory of the controller, bytes. */
  memory(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+([0-9]+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** Processor time of the longest turn of the controller's event loop since the last call, milliseconds. */
  longestTurn(): Promise<number> {
    return this.#probe.longestStall(this.#child.pid);
  }

  /** For a program that abuses it. @returns the file */
  identityFile(identity: ClientIdentity): string {
    const path = join(dirname(this.#fleet.dataDir), 'abuser.json');
    writeFileSync(path, JSON.stringify(identity), { mode: 0o600 });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.admin.close();
    await this.#host.stop();
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
    await this.#fleet.stop();
  }
}

interface People {
  readonly admin: ClientIdentity;
  readonly viewer: ClientIdentity;
  readonly good: HostIdentity;
  readonly evil: HostIdentity;
}

async function enrolled(running: RunningFleet): Promise<People> {
  const host = async (hostName: string) => {
    const hostId = await running.addHost(hostName);
    // A certificate of the second in which its host was enrolled would be one of before.
    return { ...(await running.fleet.agent(hostId, Date.now() + 1000)), hostName };
  };
  const operator = async (role: OperatorRole) => {
    const identity = await running.fleet.operator(role);
    await running.addOperator(role, role, identity);
    return identity;
  };
  return {
    admin: await operator('admin'),
    viewer: await operator('viewer'),
    good: await host('good'),
    evil: await host('evil'),
  };
}

async function startController(dataDir: string): Promise<{ child: ChildProcess; address: string }> {
  const args = [CONTROLLER, 'run', '--data-dir', dataDir, '--listen', '127.0.0.1:0'];
  const env = { ...process.env, ...probeEnv(dirname(dataDir), 'processor') };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-100_000);
  });
  for (;;) {
    const [, address] = /"address":"([^"]+)".*"msg":"listening"/.exec(log) ?? [];
    if (address) return { child, address };
    if (child.exitCode !== null) throw new Error(`the controller ended:\n${log}`);
    await sleep(20);
  }
}
