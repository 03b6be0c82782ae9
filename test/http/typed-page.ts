// Pages of the documentation: what they show is typed by a shell with the real curl, as their readers do.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { OVER_TLS, RunningFleet } from '../identity/running.ts';

const ROOT = join(import.meta.dirname, '../..');
const SEPARATOR = '-----block-----';

/** What is typed, what the page says that it prints (undefined: nothing is said), and what it printed. */
export interface Block {
  readonly typed: string;
  readonly shown: string | undefined;
  readonly printed: string;
}

/** A controller that serves HTTP, and a directory with what a reader has: the root certificate, the command, an admin's credentials. */
export class Reader {
  readonly running: RunningFleet;
  readonly directory: string;

  private constructor(running: RunningFleet, directory: string) {
    this.running = running;
    this.directory = directory;
  }

  static async start(): Promise<Reader> {
    const running = await RunningFleet.start();
    await running.serve({ http: OVER_TLS });
    const directory = mkdtempSync(join(tmpdir(), 'fleetblock-docs-'));
    writeFileSync(join(directory, 'root.pem'), running.fleet.authority.rootCertificate);
    const cli = join(directory, 'fleetblock');
    writeFileSync(cli, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'cli/main.ts')}' "$@"\n`);
    chmodSync(cli, 0o755);
    return new Reader(running, directory);
  }

  /** Types all blocks of a page in their order, in one shell that ends with the first that fails. `page`: from the root of the project. */
  async type(page: string): Promise<Block[]> {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const blocks = [...text.matchAll(/^```sh\n(.*?)^```\n(?:\n^```(?:json)?\n(.*?)^```$)?/gms)];
    const { stdout } = await execa('sh', ['-eu'], {
      cwd: this.directory,
      input: blocks.map(([, typed = '']) => `printf '%s\n' '${SEPARATOR}'\n${typed}`).join(''),
      stripFinalNewline: false,
      env: {
        PATH: `${this.directory}:${process.env.PATH}`,
        CONTROLLER: `127.0.0.1:${this.running.httpPort}`,
        FLEETBLOCK_CONFIG: join(this.running.dataDir, 'operators/admin.yaml'),
        FLEETBLOCK_CONTROLLER: this.running.address,
      },
    });
    const printed = stdout.split(`${SEPARATOR}\n`).slice(1);
    if (printed.length !== blocks.length) throw new Error(`${printed.length} of ${blocks.length} blocks were typed`);
    return blocks.map(([, typed = '', shown], i) => ({ typed, shown, printed: printed[i] ?? '' }));
  }

  async stop(): Promise<void> {
    await this.running.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
