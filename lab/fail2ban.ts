// Debian's fail2ban on a host of the lab, unpacked by scripts/peers.sh: with the actions of deploy/fail2ban, and a jail for each of them.
import { appendFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CommandResult, LabHost } from './host.ts';
import type { Lab } from './lab.ts';
import { Program, until } from './program.ts';

const ROOT = join(import.meta.dirname, '..');
const PEERS = join(ROOT, 'build/peers');

/** `Process` starts a process for every ban, `inside` does not. */
export type Jail = 'Process' | 'inside';

export class Fail2ban {
  readonly #host: LabHost;
  readonly #directory: string;
  readonly #bin: string;
  #program: Program | undefined;

  private constructor(host: LabHost, directory: string, bin: string) {
    this.#host = host;
    this.#directory = directory;
    this.#bin = bin;
  }

  /** Configured, not started. Writes the lab's scripts, so once per lab. */
  static async on(lab: Lab, host: LabHost): Promise<Fail2ban> {
    const directory = join(lab.directory, 'fail2ban');
    for (const part of ['action.d', 'filter.d']) await mkdir(join(directory, part), { recursive: true });
    await cp(join(PEERS, 'etc/fail2ban/fail2ban.conf'), join(directory, 'fail2ban.conf'));
    await writeFile(join(directory, 'fail2ban.local'), `[Definition]\ndbfile = ${directory}/db\nlogtarget = STDOUT\n`);
    await cp(join(ROOT, 'deploy/fail2ban'), join(directory, 'action.d'), { recursive: true });
    await writeFile(join(directory, 'filter.d/lab.conf'), '[Definition]\nfailregex = ^ refused <HOST>$\n');
    const made = new Fail2ban(host, directory, await lab.writeScripts());
    const actions = { Process: 'fleetblock', inside: `fleetblock.py[path=${host.reportSocket}]` };
    const jails = Object.entries(actions).map(
      ([name, action]) =>
        `[${name}]\nenabled = true\nfilter = lab\nlogpath = ${made.#logOf(name)}\nbackend = polling\nmaxretry = 1\nbantime = 600\naction = ${action}\n`,
    );
    await writeFile(join(directory, 'jail.conf'), jails.join('\n'));
    for (const name of Object.keys(actions)) await writeFile(made.#logOf(name), '');
    return made;
  }

  /** Resolves when both jails are there, with what they restore. */
  async start(): Promise<void> {
    const { namespace } = this.#host;
    const logFile = join(this.#directory, 'log');
    this.#program = new Program({ namespace, command: this.#command('fail2ban-server', '-f', 'start'), logFile });
    await until('fail2ban to be ready', async () =>
      (await this.client('status', 'inside')).exitCode === 0 ? true : undefined,
    ).catch(async (error: unknown) => {
      throw new Error(`fail2ban: ${await this.log()}`, { cause: error });
    });
  }

  async stop(): Promise<void> {
    await this.#program?.end('SIGTERM');
  }

  log(): Promise<string> {
    return this.#program?.log() ?? Promise.resolve('');
  }

  /** While it is stopped: what it has in its database was banned that much earlier. */
  banned(secondsEarlier: number): void {
    const database = new DatabaseSync(join(this.#directory, 'db'));
    for (const table of ['bans', 'bips'])
      database.prepare(`UPDATE ${table} SET timeofban = timeofban - ?`).run(secondsEarlier);
    database.close();
  }

  client(...words: string[]): Promise<CommandResult> {
    return this.#host.run(this.#command('fail2ban-client', ...words));
  }

  /** A line in the log that the jail reads: enough for a ban. */
  refused(jail: Jail, source: string): Promise<void> {
    return appendFile(
      this.#logOf(jail),
      `${new Date().toISOString().slice(0, 19).replace('T', ' ')} refused ${source}\n`,
    );
  }

  #logOf(jail: string): string {
    return join(this.#directory, `${jail}.log`);
  }

  #command(program: string, ...words: string[]): string[] {
    return [
      ...['env', `PYTHONPATH=${PEERS}/usr/lib/python3/dist-packages`, 'TZ=UTC'],
      `FLEETBLOCK_REPORT_SOCKET=${this.#host.reportSocket}`,
      ...['sh', '-c', 'PATH="$0:$PATH"; exec python3 "$@"', this.#bin, `${PEERS}/usr/bin/${program}`],
      ...['-c', this.#directory, '-s', `${this.#directory}/socket`, '-p', `${this.#directory}/pid`, ...words],
    ];
  }
}
