// CrowdSec itself, as Debian has it: a LAPI on the loopback address of the lab's controller, known to nobody outside, and cscli.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { Program, until } from '../../lab/program.ts';
import { peer } from './peers.ts';

const LISTEN = '127.0.0.1:18080';

export class RealLapi {
  /** As a feed has it. */
  readonly url = `http://${LISTEN}/`;
  readonly #lab: Lab;
  readonly #directory: string;
  #program: Program | undefined;
  #key: string | undefined;

  private constructor(lab: Lab) {
    this.#lab = lab;
    this.#directory = join(lab.directory, 'crowdsec');
  }

  static async start(lab: Lab): Promise<RealLapi> {
    const lapi = new RealLapi(lab);
    const at = (name: string) => join(lapi.#directory, name);
    for (const name of ['etc', 'data', 'hub', 'other']) await mkdir(at(name), { recursive: true });
    await writeFile(at('hub/.index.json'), '{}');
    await writeFile(at('etc/simulation.yaml'), 'simulation: off\n');
    await writeFile(at('etc/profiles.yaml'), 'name: none\nfilters: ["false"]\non_success: break\n');
    await writeFile(at('etc/credentials.yaml'), '');
    await writeFile(
      at('config.yaml'),
      `common: { daemonize: false, log_media: stdout, log_level: info, working_dir: . }
config_paths:
  config_dir: ${at('etc')}
  data_dir: ${at('data')}
  simulation_path: ${at('etc/simulation.yaml')}
  hub_dir: ${at('hub')}
  index_path: ${at('hub/.index.json')}
  notification_dir: ${at('other')}
  plugin_dir: ${at('other')}
cscli: { output: human }
db_config: { log_level: info, type: sqlite, db_path: ${at('data/crowdsec.db')}, use_wal: true }
api:
  client: { insecure_skip_verify: false, credentials_path: ${at('etc/credentials.yaml')} }
  server: { log_level: info, listen_uri: "${LISTEN}", profiles_path: ${at('etc/profiles.yaml')}, trusted_ips: [127.0.0.1] }
prometheus: { enabled: false }
`,
    );
    await lapi.cscli('machines', 'add', 'test', '--password', 'test', '-f', at('etc/credentials.yaml'), '-u', lapi.url);
    await lapi.run();
    return lapi;
  }

  /** Starts it, with what it knew. */
  async run(): Promise<void> {
    this.#program = new Program({
      namespace: this.#lab.controllerStation.namespace,
      command: [peer('usr/bin/crowdsec'), '-c', this.#config, '-no-cs'],
      logFile: join(this.#directory, 'log'),
    });
    await until('LAPI to answer', async () => {
      if (!this.#program?.running) throw new Error(`crowdsec ended: ${await this.#program?.log()}`);
      return this.cscli('decisions', 'list').catch(() => undefined);
    });
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    await this.#program?.end(signal);
  }

  /** @throws with its words when it fails */
  async cscli(...words: string[]): Promise<string> {
    const result = await this.#lab.runAtController([peer('usr/bin/cscli'), '-c', this.#config, ...words]);
    if (result.exitCode !== 0) throw new Error(`cscli ${words.join(' ')}: ${result.stderr}`);
    return result.stdout;
  }

  /** All that hold, asked for by a bouncer of the test's own: cscli leaves out all but one on an address. */
  async decisions(): Promise<{ id: number; value: string; scenario: string }[]> {
    this.#key ??= (await this.cscli('bouncers', 'add', 'test', '-o', 'raw')).trim();
    const url = `${this.url}v1/decisions/stream?startup=true&dedup=false`;
    const { stdout } = await this.#lab.runAtController(['curl', '-sS', '-H', `X-Api-Key: ${this.#key}`, url]);
    return JSON.parse(stdout).new;
  }

  get #config(): string {
    return join(this.#directory, 'config.yaml');
  }
}
