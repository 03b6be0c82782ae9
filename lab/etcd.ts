// Debian's etcd, unpacked by scripts/peers.sh: members in the foreground on this machine's loopback, over TLS, with a directory and
// free ports of their own.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeLeaf, makeRoot, newKeyPair } from '../controller/identity/pki/certificates.ts';
import type { EtcdOptions, EtcdTls } from '../controller/store/etcd/client/etcd-client.ts';
import { patience } from './patience.ts';
import { Program, until } from './program.ts';

const BIN = join(import.meta.dirname, '../build/peers/usr/bin');
/** The name in the members' certificate. */
const NAME = 'localhost';
const DAY_MS = 86_400_000;

const run = promisify(execFile);

export interface EtcdClusterOptions {
  /** 1 or 3. */
  readonly members: number;
  /** Most that a member's file may hold, bytes. Default: etcd's own. */
  readonly quotaBytes?: number;
}

/** One member: killed, paused, started again with the data that it has. */
export class EtcdMember {
  /** HOST:PORT for clients. */
  readonly endpoint: string;
  readonly #words: readonly string[];
  readonly #logFile: string;
  #program: Program | undefined;

  constructor(endpoint: string, words: readonly string[], logFile: string) {
    this.endpoint = endpoint;
    this.#words = words;
    this.#logFile = logFile;
  }

  get running(): boolean {
    return this.#program?.running ?? false;
  }

  /** Does not wait until it serves. */
  start(): void {
    if (this.running) return;
    this.#program = new Program({
      // It ends with the process that started it, however that ends.
      command: ['setpriv', '--pdeathsig', 'KILL', join(BIN, 'etcd'), ...this.#words],
      env: { GOMAXPROCS: '1' },
      logFile: this.#logFile,
    });
  }

  kill(): Promise<void> {
    return this.#program?.end('SIGKILL') ?? Promise.resolve();
  }

  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  log(): Promise<string> {
    return this.#program?.log() ?? Promise.resolve('');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#program?.running) process.kill(this.#program.pid, signal);
  }
}

/** Ends with `close`, whatever its members are doing. */
export class EtcdCluster {
  readonly members: readonly EtcdMember[];
  /** For clients: authority, certificate, key. */
  readonly tls: EtcdTls;
  readonly #directory: string;

  private constructor(directory: string, members: readonly EtcdMember[], tls: EtcdTls) {
    this.#directory = directory;
    this.members = members;
    this.tls = tls;
  }

  /** Resolves when it answers. */
  static async start({ members: count, quotaBytes }: EtcdClusterOptions): Promise<EtcdCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'fleetblock-etcd-'));
    const tls = await makeFiles(directory);
    const ports = await freePorts(2 * count);
    const names = Array.from({ length: count }, (_, index) => `m${index}`);
    const peers = names.map((name, index) => `${name}=http://127.0.0.1:${ports[2 * index]}`);
    const members = await Promise.all(
      names.map(async (name, index) => {
        const [peer, client] = [`http://127.0.0.1:${ports[2 * index]}`, ports[2 * index + 1]];
        await mkdir(join(directory, name));
        const words = [
          ...[`--name=${name}`, `--data-dir=${directory}/${name}`, '--logger=zap', '--log-level=warn'],
          ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`],
          ...[`--initial-cluster=${peers.join()}`, '--initial-cluster-token=lab', '--enable-grpc-gateway=false'],
          ...[`--listen-client-urls=https://127.0.0.1:${client}`, `--advertise-client-urls=https://${NAME}:${client}`],
          ...[`--cert-file=${directory}/server.pem`, `--key-file=${directory}/server.key`],
          ...['--client-cert-auth', `--trusted-ca-file=${directory}/ca.pem`],
          ...(quotaBytes === undefined ? [] : [`--quota-backend-bytes=${quotaBytes}`]),
        ];
        return new EtcdMember(`${NAME}:${client}`, words, join(directory, `${name}.log`));
      }),
    );
    const cluster = new EtcdCluster(directory, members, tls);
    for (const member of members) member.start();
    try {
      await cluster.ready();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** What a client of all members needs. Its calls wait for a slow machine; where a limit is the point, a test gives its own. */
  get options(): EtcdOptions {
    return {
      endpoints: this.members.map(({ endpoint }) => endpoint),
      tls: this.tls,
      limitMs: patience(20_000),
    };
  }

  /** Resolves when every running member serves reads, and so has a leader. `user`: as of ctl. */
  async ready(user?: string): Promise<void> {
    for (const member of this.members.filter(({ running }) => running))
      await until(`etcd at ${member.endpoint}`, () =>
        this.#ctl(member.endpoint, ['get', 'x'], user).then(
          () => true,
          () => undefined,
        ),
      ).catch(async (error: unknown) => {
        throw new Error(await member.log(), { cause: error });
      });
  }

  /** What etcdctl says. `user`: NAME:PASSWORD. */
  ctl(words: readonly string[], user?: string): Promise<string> {
    return this.#ctl(this.options.endpoints.join(), words, user);
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #ctl(endpoints: string, words: readonly string[], user?: string): Promise<string> {
    const files = ['cacert=ca.pem', 'cert=client.pem', 'key=client.key'].map((file) =>
      file.replace('=', `=${this.#directory}/`),
    );
    const { stdout } = await run(
      join(BIN, 'etcdctl'),
      [
        ...(user === undefined ? [] : [`--user=${user}`]),
        `--endpoints=${endpoints}`,
        ...files.map((file) => `--${file}`),
        ...words,
      ],
      { env: { ETCDCTL_API: '3' } },
    );
    return stdout;
  }
}

/** The authority, a certificate of the members and one of clients. @returns what clients need */
async function makeFiles(directory: string): Promise<Required<EtcdTls>> {
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const root = await makeRoot('etcd of a lab', validity);
  const leaf = async (usage: 'server' | 'client') => {
    const key = newKeyPair();
    const names = [{ type: 'dns' as const, value: NAME }];
    const { pem } = await makeLeaf(root, { ...validity, commonName: usage, names, publicKey: key.publicKey, usage });
    const keyPem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(join(directory, `${usage}.pem`), pem);
    await writeFile(join(directory, `${usage}.key`), keyPem, { mode: 0o600 });
    return { certificate: pem, key: keyPem };
  };
  await writeFile(join(directory, 'ca.pem'), root.pem);
  await leaf('server');
  return { ca: root.pem, ...(await leaf('client')) };
}

/** Free just now: taken by the members soon after. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => addressOf(server.address()).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address;
}
