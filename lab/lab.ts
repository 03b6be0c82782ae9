// The lab: a controller, hosts and an attacker, each a network namespace of this machine, with real processes, real TLS and
// real XDP. It cleans up after success, failure and Ctrl-C, and sweeps away what a killed lab left behind.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { messageOf } from '../common/errors.ts';
import { Attacker } from './attacker.ts';
import { commandOf, type ProgramName, type Programs } from './commands.ts';
import { type CommandResult, LabHost } from './host.ts';
import { inside, toolPath } from './namespaces.ts';
import { LabNetwork, type Station } from './network.ts';
import { patience } from './patience.ts';
import { writePlayScripts } from './play-scripts.ts';
import { Program, until } from './program.ts';
import { KEPT, own, PIN_ROOT, PREFIX, removePins, sweep } from './sweep.ts';

export interface LabOptions {
  /** Default 3. */
  readonly hosts?: number;
  /** Where programs are run from. Default: what FLEETBLOCK_PROGRAMS says (`dist`), else the sources. */
  readonly programs?: Programs;
  /** Environment of the controller and the agents, for failpoints. */
  readonly env?: Readonly<Record<string, string>>;
  /** Words before every command of the agents, such as setpriv with a set of capabilities. */
  readonly agentPrefix?: readonly string[];
  /** More flags of `fleetblock-controller run`. */
  readonly controllerFlags?: readonly string[];
}

/** One row of `fleetblock hosts -o json`, as far as the lab looks at it. */
export interface HostRow {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly revision: number;
  readonly entries: number;
  readonly interfaces: readonly { readonly name: string; readonly mode: string }[];
  readonly dropped: { readonly packets: number; readonly bytes: number };
}

const controllerAddress = '192.168.1.10';
export const port = 7443;

/** The attacker's addresses. */
export const BAD = '192.168.1.100';
export const GOOD = '192.168.1.101';
export const OTHER = '192.168.1.110';
export const BAD6 = 'fd00:1::100';
export const GOOD6 = 'fd00:1::101';

export class Lab implements AsyncDisposable {
  readonly hosts: LabHost[] = [];
  readonly attacker: Attacker;
  /** Everything that the lab keeps: data, state, logs. */
  readonly directory: string;
  readonly controller = `${controllerAddress}:${port}`;
  readonly #name: string;
  readonly #options: LabOptions;
  readonly #network: LabNetwork;
  readonly controllerStation: Station;
  #controllerProgram: Program | undefined;
  #closing: Promise<void> | undefined;
  readonly #onSignal = (signal: NodeJS.Signals) => {
    void this.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  /** The last resort, for an end without a signal and without `close`: namespaces and files are the next lab's to sweep. */
  readonly #onExit = () => {
    for (const program of this.#programs) program.killNow();
  };

  private constructor(
    name: string,
    directory: string,
    network: LabNetwork,
    stations: [Station, Station],
    options: LabOptions,
  ) {
    this.#name = name;
    this.directory = directory;
    this.#network = network;
    this.controllerStation = stations[0];
    this.attacker = new Attacker(stations[1]);
    this.#options = options;
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
    process.on('exit', this.#onExit);
  }

  /** Why a lab cannot be made here, in one line; undefined when it can. */
  static whyNot(): string | undefined {
    if (process.platform !== 'linux') return 'it needs Linux';
    return process.getuid?.() === 0 ? undefined : 'network namespaces and XDP need root';
  }

  /** Makes the network and the hosts, initializes the controller and starts it. No agent runs yet: see `startHosts`. */
  static async create(options: LabOptions = {}): Promise<Lab> {
    await sweep();
    const name = `${PREFIX}-${process.pid}-${randomBytes(2).toString('hex')}`;
    const directory = await mkdtemp(join(tmpdir(), `${name}-`));
    await own(directory);
    const network = await LabNetwork.create(name);
    try {
      const stations: [Station, Station] = [
        await network.addStation({ name: 'controller', addresses: [`${controllerAddress}/24`, 'fd00:1::10/64'] }),
        await network.addStation({
          name: 'attacker',
          addresses: [BAD, GOOD, OTHER].map((a) => `${a}/24`).concat([BAD6, GOOD6].map((a) => `${a}/64`)),
        }),
      ];
      const lab = new Lab(name, directory, network, stations, options);
      try {
        for (let i = 1; i <= (options.hosts ?? 3); i++) await lab.#addHost(i);
        await lab.init();
        await lab.startController();
        return lab;
      } catch (error) {
        await lab.close();
        throw error;
      }
    } catch (error) {
      await network.close();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** `host1`, `host2`... */
  host(number: number): LabHost {
    const host = this.hosts[number - 1];
    if (host === undefined) throw new Error(`the lab has no host ${number}`);
    return host;
  }

  get controllerPid(): number | undefined {
    return this.#controllerProgram?.running ? this.#controllerProgram.pid : undefined;
  }

  get dataDir(): string {
    return join(this.directory, 'controller');
  }

  get configFile(): string {
    return join(this.dataDir, 'operators', 'admin.yaml');
  }

  async init(): Promise<void> {
    const result = await this.controllerCommand('init', '--data-dir', this.dataDir, '--listen', this.controller);
    if (result.exitCode !== 0) throw new Error(`init failed: ${result.stderr}`);
  }

  async startController(): Promise<void> {
    this.#controllerProgram = new Program({
      namespace: this.controllerStation.namespace,
      command: [
        ...this.#command('controller'),
        ...['run', '--data-dir', this.dataDir, '--listen', this.controller],
        ...(this.#options.controllerFlags ?? []),
      ],
      logFile: join(this.directory, 'controller.log'),
      ...(this.#options.env && { env: this.#options.env }),
    });
    const program = this.#controllerProgram;
    await until('the controller to answer', async () => {
      if (!program.running) throw new Error(`the controller ended: ${await program.log()}`);
      return (await this.fleetblock('hosts', '-o', 'json')).exitCode === 0 ? true : undefined;
    });
  }

  async stopController(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#controllerProgram?.end(signal);
  }

  /** Runs fleetblock-controller with the given words, where the controller is. */
  controllerCommand(...args: string[]): Promise<CommandResult> {
    return this.runAtController([...this.#command('controller'), ...args]);
  }

  /** Enrolls the hosts, starts their agents and waits until all are synced. */
  async startHosts(): Promise<void> {
    await Promise.all(
      this.hosts.map(async (host) => {
        await this.enroll(host);
        host.startAgent();
      }),
    );
    await this.synced();
  }

  async enroll(host: LabHost, ...flags: string[]): Promise<void> {
    const token = await this.fleetblock('token', 'create');
    if (token.exitCode !== 0) throw new Error(`no token: ${token.stderr}`);
    await host.join(this.controller, token.stdout, ...flags);
  }

  /** Runs the CLI as the admin, where the controller is. */
  fleetblock(...args: string[]): Promise<CommandResult> {
    return this.runAtController([...this.#command('cli'), ...args], { FLEETBLOCK_CONFIG: this.configFile });
  }

  /** The CLI's answer as JSON; throws with its words when it exits otherwise than expected. */
  async json(exitCode: number, ...args: string[]): Promise<unknown> {
    const result = await this.fleetblock(...args, '-o', 'json');
    if (result.exitCode !== exitCode)
      throw new Error(`fleetblock ${args.join(' ')}: exit code ${result.exitCode}: ${result.stderr}`);
    return JSON.parse(result.stdout);
  }

  async hostRows(): Promise<HostRow[]> {
    const rows = await this.json(0, 'hosts');
    if (!Array.isArray(rows)) throw new Error('hosts -o json is no array');
    return rows;
  }

  async hostRow(name: string): Promise<HostRow> {
    const row = (await this.hostRows()).find((each) => each.name === name);
    if (row === undefined) throw new Error(`no host ${name}`);
    return row;
  }

  /** Waits until the hosts (default: all) are synced. */
  async synced(names: readonly string[] = this.hosts.map((host) => host.name), timeoutMs = 60_000): Promise<void> {
    let seen = '';
    const probe = async () => {
      // A machine that is busy starting three agents may be too slow to answer: it is asked again.
      const rows = await this.hostRows().catch(messageOf);
      seen = typeof rows === 'string' ? rows : rows.map((row) => `${row.name} ${row.status}`).join(', ');
      const isSynced = (name: string) =>
        typeof rows !== 'string' && rows.some((row) => row.name === name && row.status === 'synced');
      return names.every(isSynced) ? true : undefined;
    };
    await until(`${names.join(', ')} to be synced`, probe, timeoutMs).catch(async (error: unknown) => {
      const logs = await Promise.all(
        this.hosts.map(async (host) => `${host.name}: ${(await host.log()).slice(-1500)}`),
      );
      throw new Error(
        `hosts are not synced (${seen || 'none known'})\n${logs.join('\n')}\ncontroller: ${(await this.controllerLog()).slice(-1500)}`,
        { cause: error },
      );
    });
  }

  setCable(host: LabHost, plugged: boolean): Promise<void> {
    return this.#network.setCable(host.station, plugged);
  }

  /** Lets packets of a host through, or swallows all of them without a word to either end. */
  setPassing(host: LabHost, passing: boolean): Promise<void> {
    return this.#network.setPassing(host.station, passing);
  }

  async controllerLog(): Promise<string> {
    return (await this.#controllerProgram?.log()) ?? '';
  }

  async runAtController(
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> {
    const [file, args] = inside(this.controllerStation.namespace, command);
    const result = await execa(file, args, {
      env: { ...env, PATH: toolPath },
      stdin: 'ignore',
      reject: false,
      timeout: patience(120_000),
    });
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
  }

  /** What must be typed to play with a lab that is left running: one script per program in `directory`/bin. */
  async writeScripts(): Promise<string> {
    const bin = join(this.directory, 'bin');
    await writePlayScripts({
      bin,
      hosts: this.hosts,
      attackerNamespace: this.attacker.station.namespace,
      controllerNamespace: this.controllerStation.namespace,
      configFile: this.configFile,
      command: (program) => this.#command(program),
    });
    return bin;
  }

  /** Leaves everything running when this process ends; `sweep({ kept: true })` takes it away. */
  async leaveRunning(): Promise<void> {
    await writeFile(join(this.directory, KEPT), '');
    this.#stopListening();
    for (const program of this.#programs) program.letGo();
  }

  /** Ends all programs, takes enforcement off the hosts, removes namespaces, pins and files. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await Promise.all([...this.hosts.map((host) => host.stopAgent('SIGKILL')), this.stopController('SIGKILL')]);
    await this.#network.close();
    await removePins(this.#name);
    await rm(this.directory, { recursive: true, force: true });
    this.#stopListening();
  }

  get #programs(): Program[] {
    return [...this.hosts.map((host) => host.program), this.#controllerProgram].filter((each) => each !== undefined);
  }

  #stopListening(): void {
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
    process.off('exit', this.#onExit);
  }

  async #addHost(number: number): Promise<void> {
    const address = `192.168.1.${number}`;
    const address6 = `fd00:1::${number}`;
    const station = await this.#network.addStation({
      name: `host${number}`,
      addresses: [`${address}/24`, `${address6}/64`],
    });
    this.hosts.push(
      new LabHost({
        station,
        address,
        address6,
        agentCommand: [...(this.#options.agentPrefix ?? []), ...this.#command('agent')],
        stateDir: join(this.directory, station.name),
        pinDir: join(PIN_ROOT, `${this.#name}-${station.name}`),
        logFile: join(this.directory, `${station.name}.log`),
        ...(this.#options.env && { env: this.#options.env }),
      }),
    );
  }

  #command(program: ProgramName): string[] {
    return commandOf(this.#options.programs, program);
  }
}
