// A whole controller in this process, made by init, with hosts and operators put into its store before it serves.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../common/logger.ts';
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { formatEndpoint } from '../../common/text/endpoint.ts';
import { initFleet } from '../../controller/commands/init.ts';
import { Authority } from '../../controller/identity/pki/authority.ts';
import type { OperatorRole } from '../../controller/identity/pki/names.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../controller/server/server.ts';
import { DataDirectory } from '../../controller/store/data-dir.ts';
import { openSqliteStore } from '../../controller/store/sqlite/sqlite-store.ts';
import type { Store } from '../../controller/store/store.ts';
import { TestFleet } from './fleet.ts';

const BY = { actor: 'test', reason: 'test' };
const LOOPBACK = { host: '127.0.0.1', port: 0 };
/** HTTP with the controller's own certificate, on a free port. */
export const OVER_TLS = { listen: LOOPBACK, files: undefined, plain: false };
let hosts = 0;

export class RunningFleet {
  readonly fleet: TestFleet;
  readonly dataDir: string;
  #store: Store;
  #server: RunningServer | undefined;

  private constructor(fleet: TestFleet, dataDir: string, store: Store) {
    this.fleet = fleet;
    this.dataDir = dataDir;
    this.#store = store;
  }

  /** @param agoMs how long ago the hosts that are made before serve() are made */
  static async start(agoMs = 0): Promise<RunningFleet> {
    const scratch = mkdtempSync(join(tmpdir(), 'fleetblock-running-'));
    const dataDir = join(scratch, 'data');
    const clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };
    await initFleet({ dataDir, fleet: 'lab', advertise: '127.0.0.1:7443', clock });
    const directory = new DataDirectory(dataDir);
    const fleet = TestFleet.of(scratch, Authority.load(directory.pki, 'lab'));
    const then = { ...clock, wallMs: () => Date.now() - agoMs };
    const store = await openSqliteStore({ directory: directory.store, clock: then });
    return new RunningFleet(fleet, dataDir, store);
  }

  /** The store, which is the running controller's own once it serves. */
  get store(): Store {
    return this.#server?.store ?? this.#store;
  }

  get server(): RunningServer {
    if (!this.#server) throw new Error('not serving');
    return this.#server;
  }

  get address(): string {
    return formatEndpoint(this.server.listening);
  }

  /** Where HTTP is served. */
  get httpPort(): number {
    const { http } = this.server;
    if (!http) throw new Error('no HTTP here');
    return http.listening.port;
  }

  /** @returns the id of a new host */
  addHost(name = `host${++hosts}`): Promise<string> {
    return this.#enroll(name, false);
  }

  /** The host of that name, with a token that keeps its identity. */
  enrollAgain(name: string): Promise<string> {
    return this.#enroll(name, true);
  }

  async #enroll(name: string, keepIdentity: boolean): Promise<string> {
    const secretHash = createHash('sha256').update(randomBytes(32)).digest();
    const tokenId = randomBytes(9).toString('base64url');
    const hostId = randomUUID();
    const expiresMs = Date.now() + 3_600_000;
    const token = { id: tokenId, secretHash, expiresMs, maxUses: 1, labels: {}, hostName: keepIdentity ? name : '' };
    await this.store.createToken({ ...token, keepIdentity }, BY);
    const host = await this.store.enroll({ tokenId, secretHash, hostId, hostName: name, labels: {}, from: 'test' });
    return host.id;
  }

  /** Before serve() only: the controller reads operators when it starts. */
  async addOperator(role: OperatorRole, name: string, issued: { serial: string; expiresMs: number }): Promise<void> {
    await this.#store.addOperator({ name, role, serial: issued.serial, expiresMs: issued.expiresMs }, BY);
  }

  /** Closes the store, so that others may have it before serve(). Idempotent, as Store.close() is. */
  release(): Promise<void> {
    return this.#store.close();
  }

  /** `more`: what a test wants otherwise than it is by default. */
  async serve(more: Pick<ServerOptions, 'http'> = {}): Promise<void> {
    await this.release();
    const log = createLogger('test', process.env.FLEETBLOCK_TEST_LOG ?? 'silent');
    const { clock } = this.fleet;
    this.#server = await startServer({ dataDir: this.dataDir, listen: LOOPBACK, clock, log, ...more });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.fleet.remove();
  }
}

/** A fleet of the admin alice and one host, whose controller serves HTTP too. */
export async function servedOverHttp(): Promise<{ readonly running: RunningFleet; readonly admin: ClientIdentity }> {
  const running = await RunningFleet.start();
  const admin = await running.fleet.operator('admin', 'alice');
  await running.addOperator('admin', 'alice', admin);
  await running.addHost('host1');
  await running.serve({ http: OVER_TLS });
  return { running, admin };
}
