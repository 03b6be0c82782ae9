// The controller as a process of its own, for tests that try to harm it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { ClientIdentity } from '../../../common/rpc/channel.ts';
import { systemClock } from '../../../common/time/clock.ts';
import { initFleet } from '../../../controller/commands/init.ts';
import { Authority } from '../../../controller/identity/pki/authority.ts';
import { DataDirectory } from '../../../controller/store/data-dir.ts';

const MAIN = fileURLToPath(new URL('../../../controller/main.ts', import.meta.url));

export class ControllerProcess {
  readonly address: string;
  /** The first admin's. */
  readonly admin: ClientIdentity;
  readonly authority: Authority;
  readonly dataDir: string;
  readonly #child: ChildProcess;
  readonly #scratch: string;
  /** All that it wrote to stderr. */
  log = '';

  private constructor(made: { scratch: string; dataDir: string; child: ChildProcess; address: string }) {
    this.#scratch = made.scratch;
    this.#child = made.child;
    this.dataDir = made.dataDir;
    this.address = made.address;
    this.authority = Authority.load(new DataDirectory(made.dataDir).pki, 'lab');
    this.admin = readCredentials(join(made.dataDir, 'operators', 'admin.yaml'));
  }

  static async start(): Promise<ControllerProcess> {
    const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-process-'));
    const dataDir = join(scratch, 'data');
    await initFleet({ dataDir, fleet: 'lab', advertise: '127.0.0.1:7443', clock: systemClock });
    const args = [MAIN, 'run', '--data-dir', dataDir, '--listen', '127.0.0.1:0', '--log-level', 'debug'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    const keepers = [(text: string) => (log += text)];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const keep of keepers) keep(text);
    });
    const address = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`the controller ended:\n${log}`)));
      child.stderr?.on('data', () => {
        const [, found] = /"address":"([^"]+)".*"msg":"listening"/.exec(log) ?? [];
        if (found) resolve(found);
      });
    });
    const made = new ControllerProcess({ scratch, dataDir, child, address });
    made.log = log;
    keepers.push((text) => (made.log += text));
    return made;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resident memory, bytes. */
  memory(): number {
    const [, kib = '0'] = /^VmRSS:\s+([0-9]+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  }

  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    if (this.alive) {
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#scratch, { recursive: true, force: true });
    return this.#child.exitCode;
  }
}

function readCredentials(path: string): ClientIdentity {
  const { currentContext, contexts } = parse(readFileSync(path, 'utf8'));
  const { ca, certificate, key } = contexts[currentContext];
  return { rootCertificate: ca, certificateChain: certificate, privateKey: key };
}
