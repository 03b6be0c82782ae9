// A controller and its agents, each a process of its own, over TLS: to be killed, cut off and slowed down.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HostIdentity, SyncFleet, until } from '../fleet.ts';
import { Cable } from './cable.ts';

const CONTROLLER = fileURLToPath(new URL('../../../controller/main.ts', import.meta.url));
const AGENT = fileURLToPath(new URL('agent.ts', import.meta.url));

export class AgentProcess {
  readonly identity: HostIdentity;
  readonly cable: Cable;
  readonly #directory: string;
  #child: ChildProcess;

  constructor(identity: HostIdentity, cable: Cable, directory: string) {
    this.identity = identity;
    this.cable = cable;
    this.#directory = join(directory, identity.hostName);
    mkdirSync(this.#directory, { recursive: true });
    this.#child = this.#start();
  }

  get name(): string {
    return this.identity.hostName;
  }

  /** SIGKILL, and a new one on the same record. */
  async kill(): Promise<void> {
    await killed(this.#child);
    this.#child = this.#start();
  }

  /** What its datapath holds. */
  dump(): Promise<string[]> {
    return new Promise((resolve) => {
      this.#child.once('message', (held) => resolve(Array.isArray(held) ? held.map(String) : []));
      this.#child.send('dump');
    });
  }

  async stop(): Promise<void> {
    await killed(this.#child);
    this.cable.close();
  }

  #start(): ChildProcess {
    const child = fork(AGENT, [this.cable.address, this.#directory], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.send({ ...this.identity });
    return child;
  }
}

export class ProcessFleet {
  readonly fleet: SyncFleet;
  readonly agents: AgentProcess[] = [];
  readonly #port: number;
  #controller: ChildProcess | undefined;

  private constructor(fleet: SyncFleet) {
    this.fleet = fleet;
    this.#port = fleet.server.listening.port;
  }

  /** Hosts h0, h1..., all with the label env=a. */
  static async start(hosts: number): Promise<ProcessFleet> {
    const inProcess = await SyncFleet.start();
    const identities: HostIdentity[] = [];
    for (let i = 0; i < hosts; i++) identities.push(await inProcess.enroll(`h${i}`, { env: 'a' }));
    await inProcess.server.close();
    const fleet = new ProcessFleet(inProcess);
    for (const identity of identities)
      fleet.agents.push(new AgentProcess(identity, await Cable.lay(() => fleet.#port), inProcess.directory));
    fleet.#controller = fleet.#startController();
    await fleet.serving();
    return fleet;
  }

  /** SIGKILL, and a new one on the same store. */
  async killController(): Promise<void> {
    await killed(this.#controller);
    this.#controller = this.#startController();
  }

  async serving(): Promise<void> {
    const answers = () =>
      this.fleet.operator.hosts().then(
        () => true,
        () => false,
      );
    // Long: a machine may be busy, or this test stopped for a while (SIGSTOP).
    await until('the controller to serve', answers, 600_000);
  }

  async stop(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.stop()));
    await killed(this.#controller);
    await this.fleet.stop();
  }

  #startController(): ChildProcess {
    const words = ['run', '--data-dir', join(this.fleet.directory, 'data'), '--listen', `127.0.0.1:${this.#port}`];
    const level = process.env.FLEETBLOCK_TEST_LOG ?? 'silent';
    return spawn(process.execPath, [CONTROLLER, ...words, '--log-level', level], { stdio: 'inherit' });
  }
}

async function killed(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
