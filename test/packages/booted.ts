// A machine that systemd has booted, as far as one kernel allows it: a root directory with init, mounts, process ids and control groups of
// its own, in the network of a host of the lab.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { CommandResult } from '../../lab/host.ts';
import { until } from '../../lab/program.ts';

const SCRIPT = fileURLToPath(new URL('boot.sh', import.meta.url));

export class Booted {
  /** Of its systemd, outside. */
  readonly #init: number;
  readonly #ended: Promise<unknown>;

  private constructor(init: number, ended: Promise<unknown>) {
    this.#init = init;
    this.#ended = ended;
  }

  /** Resolves when everything has been started that starts at boot. @param logFile where its console goes */
  static async boot(root: string, namespace: string, logFile: string): Promise<Booted> {
    const log = openSync(logFile, 'a');
    const child = spawn('sh', [SCRIPT, root, namespace], { stdio: ['ignore', log, log] });
    closeSync(log);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const machine = await until('an init', async () => {
      if (child.exitCode !== null) throw new Error(`it did not boot: ${readFileSync(logFile, 'utf8')}`);
      const init = initOf(child.pid ?? 0);
      return init === undefined ? undefined : new Booted(init, ended);
    });
    await until('the end of the boot', async () => {
      const { stdout } = await machine.run('systemctl', 'is-system-running');
      return ['running', 'degraded'].includes(stdout) ? true : undefined;
    });
    return machine;
  }

  /** Runs a command in it. */
  async run(...command: string[]): Promise<CommandResult> {
    return this.give('', ...command);
  }

  /** As run, with an input. */
  async give(input: string, ...command: string[]): Promise<CommandResult> {
    const clean = ['env', '-i', 'HOME=/root', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'DEBIAN_FRONTEND=noninteractive'];
    const words = ['-t', `${this.#init}`, '-m', '-p', '-n', '-u', '-i', '-C', '-r', '-w', ...clean, ...command];
    const result = await execa('nsenter', words, { input, reject: false, timeout: 120_000 });
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
  }

  /** One property of a unit. */
  async shows(unit: string, property: string): Promise<string> {
    return (await this.run('systemctl', 'show', '--value', '-p', property, unit)).stdout;
  }

  /** As when the power is cut. */
  async cut(): Promise<void> {
    process.kill(this.#init, 'SIGKILL');
    await this.#ended;
  }
}

/** The process of this boot's systemd, once it runs: the grandchild of the script. */
function initOf(script: number): number | undefined {
  try {
    const [init = 0] = childrenOf(script).flatMap(childrenOf);
    return readFileSync(`/proc/${init}/comm`, 'utf8').trim() === 'systemd' ? init : undefined;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
