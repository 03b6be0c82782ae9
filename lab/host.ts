// One host of the lab: a station with an agent, a state directory and a pin directory of its own.
import { join } from 'node:path';
import { execa } from 'execa';
import { inside, toolPath } from './namespaces.ts';
import type { Station } from './network.ts';
import { patience } from './patience.ts';
import { Program, until } from './program.ts';

export interface HostPlan {
  readonly station: Station;
  /** Without the length. */
  readonly address: string;
  readonly address6: string;
  /** Words that run fleetblock-agent. */
  readonly agentCommand: readonly string[];
  readonly stateDir: string;
  readonly pinDir: string;
  readonly logFile: string;
  /** For the agent. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class LabHost {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly address6: string;
  readonly stateDir: string;
  readonly pinDir: string;
  readonly station: Station;
  readonly #plan: HostPlan;
  #agent: Program | undefined;

  constructor(plan: HostPlan) {
    this.#plan = plan;
    this.name = plan.station.name;
    this.namespace = plan.station.namespace;
    this.station = plan.station;
    this.address = plan.address;
    this.address6 = plan.address6;
    this.stateDir = plan.stateDir;
    this.pinDir = plan.pinDir;
  }

  /** The running agent's process id, or undefined. */
  get agentPid(): number | undefined {
    return this.#agent?.running ? this.#agent.pid : undefined;
  }

  /** Runs a command in the host's network. */
  async run(command: readonly string[], input = ''): Promise<CommandResult> {
    const [file, args] = inside(this.namespace, command);
    const result = await execa(file, args, {
      env: { PATH: toolPath },
      input,
      reject: false,
      timeout: patience(60_000),
    });
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs fleetblock-agent with the given words. */
  agent(...args: string[]): Promise<CommandResult> {
    return this.run([...this.#plan.agentCommand, ...args]);
  }

  /** @param token the whole token; it goes through stdin, never through argv */
  async join(controller: string, token: string, ...flags: string[]): Promise<void> {
    const command = [
      'join',
      controller,
      '--token-file',
      '-',
      '--state-dir',
      this.stateDir,
      '--name',
      this.name,
      ...flags,
    ];
    const { exitCode, stderr } = await this.run([...this.#plan.agentCommand, ...command], token);
    if (exitCode !== 0) throw new Error(`${this.name} could not join: ${stderr}`);
  }

  startAgent(...flags: string[]): void {
    if (this.#agent?.running) throw new Error(`the agent of ${this.name} runs already`);
    this.#agent = new Program({
      namespace: this.namespace,
      command: [
        ...this.#plan.agentCommand,
        ...['run', '--state-dir', this.stateDir, '--interface', this.station.interface, '--pin-dir', this.pinDir],
        ...['--report-socket', this.reportSocket],
        ...flags,
      ],
      logFile: this.#plan.logFile,
      ...(this.#plan.env && { env: this.#plan.env }),
    });
  }

  async stopAgent(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#agent?.end(signal);
  }

  /** The running agent, for the end of the lab. */
  get program(): Program | undefined {
    return this.#agent;
  }

  /** Takes enforcement off this host. */
  async detach(): Promise<CommandResult> {
    return this.agent('detach', '--state-dir', this.stateDir, '--pin-dir', this.pinDir);
  }

  log(): Promise<string> {
    return this.#agent?.log() ?? Promise.resolve('');
  }

  /** Waits for a text in the agent's log. */
  async logged(text: string): Promise<void> {
    await until(`${this.name} to log "${text}"`, async () => ((await this.log()).includes(text) ? true : undefined));
  }

  /** Where detectors on it report. */
  get reportSocket(): string {
    return this.stateFile('report.sock');
  }

  /** Where its state directory's file is. */
  stateFile(name: string): string {
    return join(this.stateDir, name);
  }
}
