// One long-running program of the lab: started in a namespace, its log kept, ended by signal, waited for.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { inside, toolPath } from './namespaces.ts';
import { patience } from './patience.ts';

export interface ProgramOptions {
  /** Default: that of this process. */
  readonly namespace?: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Everything that the program says goes to the end of this file. */
  readonly logFile: string;
}

export class Program {
  readonly #process: ChildProcess;
  readonly #logFile: string;
  readonly ended: Promise<void>;
  running = true;

  constructor(options: ProgramOptions) {
    const { namespace, command } = options;
    const [file = '', args] = namespace === undefined ? [command[0], command.slice(1)] : inside(namespace, command);
    this.#logFile = options.logFile;
    // A file, not a pipe: the program can outlive this process, when the lab is left running.
    const log = openSync(options.logFile, 'a');
    this.#process = spawn(file, args, {
      env: { ...process.env, ...options.env, PATH: toolPath },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.#process.once('error', resolve).once('exit', resolve);
    }).then(() => {
      this.running = false;
    });
  }

  /** The program's own process id. */
  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('the program did not start');
    return pid;
  }

  /** Sends the signal and waits for the end; SIGKILL after ten seconds. */
  async end(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<void> {
    if (this.running) this.#process.kill(signal);
    const impatient = setTimeout(() => this.#process.kill('SIGKILL'), patience(10_000));
    await this.ended;
    clearTimeout(impatient);
  }

  /** Sends SIGKILL without waiting: for the moment when this process ends. */
  killNow(): void {
    if (this.running) this.#process.kill('SIGKILL');
  }

  /** Lets this process end while the program goes on. */
  letGo(): void {
    this.#process.unref();
  }

  async log(): Promise<string> {
    return readFile(this.#logFile, 'utf8').catch(() => '');
  }
}

/** Polls until `probe` gives something; what it waited for is in the error. */
export async function until<T>(what: string, probe: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + patience(timeoutMs);
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(50);
  }
}
