// The agent as a process on the real kernel, in this thread's network namespace, against a scripted controller.
import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { patience } from '../../lab/patience.ts';

const MAIN = fileURLToPath(new URL('../../agent/main.ts', import.meta.url));

export interface RealAgentOptions {
  readonly stateDir: string;
  readonly pinDir: string;
  /** Undefined: none is named. */
  readonly interfaces?: string;
  /** Words before the command. */
  readonly prefix?: readonly string[];
  /** More of the command line. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export class RealAgent {
  readonly process: ChildProcess;
  /** What it has logged. */
  log = '';
  readonly #gone: Promise<void>;

  constructor({ stateDir, pinDir, interfaces, prefix = [], args = [], env = {} }: RealAgentOptions) {
    const named = interfaces === undefined ? [] : ['--interface', interfaces];
    const settings = ['--state-dir', stateDir, '--pin-dir', pinDir, ...named, '--capacity', '10000'];
    const [file = '', ...words] = [...prefix, process.execPath, '--expose-gc', MAIN, 'run', ...settings, ...args];
    this.process = spawn(file, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#gone = new Promise((resolve) => this.process.once('exit', () => resolve()));
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Waits until it has logged that. */
  async logged(text: string, limitMs = 60_000): Promise<void> {
    const started = performance.now();
    while (!this.log.includes(text)) {
      if (!this.running || performance.now() - started > patience(limitMs))
        throw new Error(`the agent did not log ${JSON.stringify(text)}:\n${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.running) this.process.kill(signal);
    await this.#gone;
  }
}

/** Runs one command of the agent to its end. */
export async function agentCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  prefix: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const [file = '', ...words] = [...prefix, process.execPath, MAIN, ...args];
  const child = spawn(file, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}
