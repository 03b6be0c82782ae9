// Types the lines of a session, each where it belongs, and checks the result.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { BAD, type Lab } from '../../lab/lab.ts';
import { until } from '../../lab/program.ts';
import { nodeFirst } from './install.ts';
import type { Step } from './session.ts';

export class Typist {
  readonly #lab: Lab;
  readonly #bin: string;
  readonly #directory: string;
  /** What `{name}` stands for. */
  readonly #values: Map<string, string>;

  private constructor(lab: Lab, bin: string, directory: string) {
    this.#lab = lab;
    this.#bin = bin;
    this.#directory = directory;
    const file = (name: string) => join(directory, name);
    this.#values = new Map(
      Object.entries({
        controller: lab.controller,
        data: lab.dataDir,
        other: file('other'),
        plain: file('plain.txt'),
        bad: file('bad.txt'),
        key: file('feed.key'),
        declared: file('declared.yaml'),
        bob: file('bob.yaml'),
        backup: file('backup.db'),
      }),
    );
  }

  static async at(lab: Lab, bin: string, directory: string): Promise<Typist> {
    await writeFile(join(directory, 'plain.txt'), '198.51.100.7\n198.51.100.8 # why\n');
    await writeFile(join(directory, 'bad.txt'), '198.51.100.7\nnonsense\n');
    await writeFile(join(directory, 'feed.key'), 'a-secret-that-is-long-enough\n', { mode: 0o600 });
    const group = '{ prefixes: [198.51.100.9], allHosts: true, reason: kept }';
    await writeFile(join(directory, 'declared.yaml'), `name: kept\nclaims:\n  - ${group}\n`);
    await mkdir(join(directory, 'home'));
    return new Typist(lab, bin, directory);
  }

  async type(step: Step): Promise<void> {
    const line = step.line.replaceAll(/\{([a-z]+)\}/g, (_, name: string) => this.#value(name));
    const { exitCode, output } = await (step.goesOn ? this.#untilSaid(line, step.says) : this.#toTheEnd(line));
    expect(output, line).toMatch(step.says);
    expect(output, line).not.toMatch(/\n\s+at /);
    expect(exitCode, `${line}\n${output}`).toBe(step.exits ?? 0);
    for (const [name, value] of Object.entries(step.says.exec(output)?.groups ?? {}))
      this.#values.set(name, name === 'login' ? await this.#secret(value) : value);
  }

  async #toTheEnd(line: string): Promise<{ exitCode: number; output: string }> {
    const [program, words] = this.#words(line);
    const command = ['env', ...this.#environment(line), program, ...words];
    const { exitCode, stdout, stderr } = line.startsWith('fleetblock-agent ')
      ? await this.#lab.host(1).run(command)
      : await this.#lab.runAtController(command);
    return { exitCode, output: `${stdout}\n${stderr}` };
  }

  /** Ends it by Ctrl-C once it has said that; meanwhile packets are dropped for it to report. */
  async #untilSaid(line: string, says: RegExp): Promise<{ exitCode: number; output: string }> {
    const [program, words] = this.#words(line);
    const namespace = this.#lab.controllerStation.namespace;
    const command = [`--net=/run/netns/${namespace}`, 'env', ...this.#environment(line), program, ...words];
    const child: ChildProcess = spawn('nsenter', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
    const ended = once(child, 'exit');
    try {
      await until(
        `${line} to say ${says}`,
        async () => {
          await this.#lab.attacker.ping(BAD, this.#lab.host(1).address);
          return output !== '' && says.test(output) ? true : undefined;
        },
        60_000,
      ).catch((error: unknown) => {
        throw new Error(`it said: ${output}`, { cause: error });
      });
      child.kill('SIGINT');
      const [exitCode] = await ended;
      return { exitCode, output };
    } finally {
      child.kill('SIGKILL');
    }
  }

  #words(line: string): [string, string[]] {
    // As a shell reads them: what is quoted is one word.
    const [program = '', ...words] = [...line.matchAll(/'([^']*)'|"([^"]*)"|[^ ]+/g)].map(
      ([word, a, b]) => a ?? b ?? word,
    );
    return [join(this.#bin, program), words];
  }

  #environment(line: string): string[] {
    const host = this.#lab.host(1);
    // Who logs in has a home of their own; `context` is about what is there.
    const isPerson = /^fleetblock (login|context|--context) /.test(line);
    return [
      `PATH=${nodeFirst()}`,
      `FLEETBLOCK_STATE_DIR=${host.stateDir}`,
      `FLEETBLOCK_PIN_DIR=${host.pinDir}`,
      `XDG_CACHE_HOME=${this.#directory}/cache`,
      ...(isPerson ? [`XDG_CONFIG_HOME=${this.#directory}/home`] : [`FLEETBLOCK_CONFIG=${this.#lab.configFile}`]),
    ];
  }

  #value(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`no line before has found {${name}}`);
    return value;
  }

  /** A token goes into a file of its owner's only. */
  async #secret(token: string): Promise<string> {
    const path = join(this.#directory, 'token');
    await writeFile(path, `${token}\n`, { mode: 0o600 });
    return path;
  }
}
