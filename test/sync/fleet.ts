// A real controller and its agents over real TLS on the loopback interface, in one process: agents with the memory datapath,
// and scripted ones that say what a test wants them to.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Agent } from '../../agent/agent.ts';
import { type AgentClock, systemAgentClock } from '../../agent/host/boot-clock.ts';
import type { SyncStream } from '../../agent/session/stream.ts';
import { SyncDialer } from '../../agent/session/sync-dialer.ts';
import type { EntryTable } from '../../common/entries/entry-table.ts';
import { packEntries, unpackEntries } from '../../common/entries/packed.ts';
import { createLogger } from '../../common/logger.ts';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { formatEndpoint } from '../../common/text/endpoint.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../common/text/prefix.ts';
import { type Clock, systemClock } from '../../common/time/clock.ts';
import { initFleet } from '../../controller/commands/init.ts';
import type { HubOptions } from '../../controller/fleet/hub/hub-options.ts';
import { Authority, privateKeyPem } from '../../controller/identity/pki/authority.ts';
import { newKeyPair } from '../../controller/identity/pki/certificates.ts';
import { type RunningServer, startServer } from '../../controller/server/server.ts';
import { DataDirectory, readFleetSettings } from '../../controller/store/data-dir.ts';
import { channelOptions, clientCredentials } from '../../lab/grpc-channel.ts';
import { patience } from '../../lab/patience.ts';
import { MemoryDatapath } from '../agent/memory-datapath.ts';
import { noStore } from '../agent/no-store.ts';
import { Operator } from './operator.ts';

const BY = { actor: 'admin/test', reason: 'test' };
/** Of stages: tests do not wait as long as production does. */
const LEAST_BAKE_MS = 1000;
const silent = createLogger('test', process.env.FLEETBLOCK_TEST_LOG ?? 'silent');

export interface HostIdentity extends ClientIdentity {
  readonly hostId: string;
  readonly hostName: string;
}

export interface FleetOptions {
  readonly clock?: Clock;
  readonly listen?: string;
  readonly hub?: HubOptions;
}

export class SyncFleet {
  readonly directory: string;
  readonly operator: Operator;
  server: RunningServer;
  readonly #authority: Authority;
  readonly #clock: Clock;

  private constructor(
    directory: string,
    server: RunningServer,
    authority: Authority,
    operator: Operator,
    clock: Clock,
  ) {
    this.directory = directory;
    this.server = server;
    this.#authority = authority;
    this.operator = operator;
    this.#clock = clock;
  }

  /** `listen`: an address of this machine; default the loopback one. */
  static async start({ clock = systemClock, listen = '127.0.0.1', hub = {} }: FleetOptions = {}): Promise<SyncFleet> {
    const directory = mkdtempSync(join(tmpdir(), 'fleetblock-sync-'));
    const dataDir = join(directory, 'data');
    const made = await initFleet({ dataDir, fleet: 'lab', advertise: '127.0.0.1:1', clock });
    const server = await startServer({
      ...{ dataDir, listen: { host: listen, port: 0 }, clock, log: silent, hub, leastBakeMs: LEAST_BAKE_MS },
    });
    const paths = new DataDirectory(dataDir);
    const authority = Authority.load(paths.pki, readFleetSettings(paths).fleet);
    const operator = new Operator(formatEndpoint(server.listening), readIdentity(made.credentialsPath));
    return new SyncFleet(directory, server, authority, operator, clock);
  }

  get address(): string {
    return formatEndpoint(this.server.listening);
  }

  /** Stops the controller and starts another on the same data and port. */
  async restart(): Promise<void> {
    const listen = this.server.listening;
    await this.server.close();
    this.server = await startServer({
      dataDir: join(this.directory, 'data'),
      listen,
      clock: this.#clock,
      log: silent,
      leastBakeMs: LEAST_BAKE_MS,
    });
  }

  /** A host with a certificate of its own, as an enrollment makes it. */
  async enroll(hostName: string, labels: Record<string, string> = {}): Promise<HostIdentity> {
    const { store } = this.server;
    const secretHash = createHash('sha256').update(randomBytes(32)).digest();
    const tokenId = randomBytes(9).toString('base64url');
    const expiresMs = this.#clock.wallMs() + 60_000;
    await store.createToken({ id: tokenId, secretHash, expiresMs, maxUses: 1, labels: {}, hostName: '' }, BY);
    const hostId = randomUUID();
    const key = newKeyPair();
    // After the enrollment: a certificate from before it would be taken for a replaced one.
    const host = await store.enroll({ tokenId, secretHash, hostId, hostName, labels, from: 'test' });
    const since = Math.max(this.#clock.wallMs(), host.identitySinceMs);
    const { chain } = await this.#authority.issueAgent(hostId, key.publicKey, since);
    return {
      hostId,
      hostName,
      rootCertificate: this.#authority.rootCertificate,
      certificateChain: chain,
      privateKey: privateKeyPem(key.privateKey),
    };
  }

  /** `host0`, `host1`... */
  async enrollMany(count: number): Promise<HostIdentity[]> {
    const identities: HostIdentity[] = [];
    for (let i = 0; i < count; i++) identities.push(await this.enroll(`host${i}`));
    return identities;
  }

  /** `protects`: addresses that the host never drops. */
  async agent(hostName: string, labels: Record<string, string> = {}, protects: string[] = []): Promise<SimulatedHost> {
    return new SimulatedHost(this.address, await this.enroll(hostName, labels), protects);
  }

  async stop(): Promise<void> {
    this.operator.close();
    await this.server.close();
    this.removeFiles();
  }

  /** For a process that ends without `stop`. */
  removeFiles(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The real agent on the memory datapath. */
export class SimulatedHost {
  readonly identity: HostIdentity;
  readonly datapath: MemoryDatapath;
  readonly agent: Agent;
  /** Peers of SSH sessions, as it reports them. */
  readonly sessions: Prefix[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #stream: SyncStream | undefined;
  #isCut = false;
  #aheadMs = 0;

  /** `capacity`: entries that its maps hold. */
  constructor(address: string, identity: HostIdentity, protects: readonly string[] = [], capacity?: number) {
    const machine = systemAgentClock();
    const clock: AgentClock = { ...machine, bootMs: () => machine.bootMs() + this.#aheadMs };
    const dialer = new SyncDialer();
    const prefixes = protects.map(parsePrefix);
    this.identity = identity;
    this.datapath = new MemoryDatapath({ bootMs: clock.bootMs, ...(capacity === undefined ? {} : { capacity }) });
    this.agent = new Agent({
      datapath: this.datapath,
      store: noStore,
      clock,
      log: silent,
      agentVersion: '0',
      kernelVersion: '6',
      dial: async (signal) => {
        const stream = await dialer.dial(address, identity, signal);
        if (this.#isCut) {
          stream.close();
          throw new Error('cut off');
        }
        this.#stream = stream;
        return stream;
      },
      protectedRows: async () => packEntries(prefixes.map((prefix) => ({ prefix, action: 'allow', ttlMs: 0 }))),
      protectedAddresses: () => [
        ...prefixes.map((prefix) => ({ prefix, why: 'setting' })),
        ...this.sessions.map((prefix) => ({ prefix, why: 'ssh session' })),
      ],
    });
    this.#done = this.agent.run(this.#stop.signal);
  }

  get name(): string {
    return this.identity.hostName;
  }

  /** Ends its stream, and every later one, until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.#stream?.close();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Turns the clock by which its entries end. */
  pass(ms: number): void {
    this.#aheadMs += ms;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

export function readIdentity(path: string): ClientIdentity {
  const file: unknown = parse(readFileSync(path, 'utf8'));
  const [context] = Object.values(Object(Object(file).contexts));
  const { ca, certificate, key } = Object(context);
  return { rootCertificate: String(ca), certificateChain: String(certificate), privateKey: String(key) };
}

/** For calls that tests make by hand. */
export function operatorClient(address: string, identity: ClientIdentity) {
  return new protocol.OperatorService(address, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + patience(timeoutMs);
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not in ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** `block 198.51.100.1/32`, sorted. */
export function listed(table: EntryTable<'boot'>): string[] {
  return unpackEntries(table.pack())
    .map(({ prefix, action }) => `${action} ${formatPrefix(prefix)}`)
    .sort();
}
