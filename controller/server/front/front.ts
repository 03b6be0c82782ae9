// The one port of the controller: ends TLS, and hands every connection to the service that its server name (SNI) asks for.
// docs/decisions/0003 says why the handshake itself asks for a certificate but does not insist on one.
import { constants, type X509Certificate } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import {
  createSecureContext,
  createServer as createTlsServer,
  type SecureContext,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls';
import { systemCode } from '../../../common/errors.ts';
import { HeaviestOut } from '../../../common/net/heaviest-out.ts';
import { networkOf } from '../../../common/net/network.ts';
import { ENROLLMENT_NAME } from '../../../common/rpc/channel.ts';
import type { Endpoint } from '../../../common/text/endpoint.ts';
import { subjectOf } from '../../identity/pki/peer.ts';
import type { ServerCertificate } from '../../identity/server-identity.ts';
import { Arrivals } from './arrivals.ts';
import { DEFAULT_FRONT_LIMITS, type FrontLimits } from './limits.ts';
import { listenOn } from './listen.ts';
import { OldestOut } from './oldest-out.ts';
import { holderOf, Places } from './places.ts';

/** Which callback gets a connection is decided by its SNI. `limits` override single values of `DEFAULT_FRONT_LIMITS`. */
export interface FrontOptions {
  readonly identity: ServerCertificate;
  /** What is spoken above TLS. Default: h2. */
  readonly protocol?: 'h2' | 'http/1.1';
  /** A connection whose certificate (DER) leads to the root and is in its time. */
  readonly onClient: (socket: TLSSocket, certificate: Uint8Array) => void;
  /** A connection that asked for the enrollment service, which needs no certificate. Default: there is no such service. */
  readonly onEnrollment?: (socket: TLSSocket) => void;
  /** A connection without a certificate, which its taker limits. Default: it is let go. */
  readonly onStranger?: (socket: TLSSocket) => void;
  /** A connection that was let go, for the log and the counters; `reason` is a fixed word or an OpenSSL code. */
  readonly onRefused?: (reason: string, from: string) => void;
  readonly limits?: Partial<FrontLimits>;
}

/** Both ends of a connection, as sockets and grpc-js know them. */
export interface Ends {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** Each open connection is counted in exactly one of the five, for metrics. */
export interface FrontCounts {
  /** Connected, and not one whole hello said. */
  readonly silent: number;
  /** Said hello, and wait for their turn. */
  readonly waiting: number;
  readonly handshakes: number;
  readonly clients: number;
  readonly enrollments: number;
}

/** Made of a plain TCP server that accepts and a TLS server that never listens: it is handed sockets when their turn comes. */
export class Front {
  readonly #options: FrontOptions;
  readonly #limits: FrontLimits;
  readonly #server: Server;
  readonly #tls: TlsServer;
  readonly #arrivals: Arrivals;
  readonly #raw = new Map<string, Socket>();
  readonly #enrollments: HeaviestOut<TLSSocket>;
  readonly #clients = new Map<string, TLSSocket>();
  readonly #places: Places<TLSSocket>;
  /** Over a limit, which they get as an error. */
  readonly #told: OldestOut<TLSSocket>;
  /** By connection, the error that they get. */
  readonly #words = new Map<string, string>();
  #enrollmentContext: SecureContext | undefined;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_FRONT_LIMITS, ...options.limits };
    this.#arrivals = new Arrivals({
      limits: this.#limits,
      begin: (socket) => this.#onTurn(socket),
      refuse: (reason, socket) => this.#refuse(reason, socket),
    });
    this.#enrollments = new HeaviestOut({
      limit: this.#limits.enrollments,
      perNetwork: this.#limits.enrollmentsPerNetwork,
      evict: (socket) => this.#refuse('too-many-enrollments', socket),
    });
    this.#places = new Places(this.#limits, (socket) => this.#refuse('gave-way', socket));
    this.#told = new OldestOut(this.#limits.told, (socket) => this.#refuse('too-many-refused', socket));
    this.#enrollmentContext = options.onEnrollment && enrollmentContext(options.identity);
    this.#tls = createTlsServer({
      ...contextOptions(options.identity),
      ALPNProtocols: [options.protocol ?? 'h2'],
      // #onSecure handles connections without a good certificate: the enrollment service is for them.
      requestCert: true,
      rejectUnauthorized: false,
      SNICallback: (name, answer) => answer(null, this.#enrolls(name) ? this.#enrollmentContext : undefined),
    });
    this.#tls.on('secureConnection', (socket) => this.#onSecure(socket));
    this.#tls.on('tlsClientError', (error, socket) => {
      // Gone before the end of the handshake, like a host that only reads the root: no connection was refused.
      if (systemCode(error) === 'ECONNRESET') socket.destroy();
      else this.#refuse(systemCode(error) ?? 'tls-error', socket);
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#arrivals.add(socket));
  }

  /** @returns the address listened on, with the port that port 0 became. @throws FleetblockError FAILED_PRECONDITION */
  async listen(endpoint: Endpoint): Promise<Endpoint> {
    const listening = await listenOn(
      this.#server,
      endpoint,
      this.#options.protocol === 'http/1.1' ? '--http' : '--listen',
    );
    // Accepting fails when the process is out of file descriptors: that connection is lost, the server continues.
    this.#server.on('error', (error) => this.#options.onRefused?.(systemCode(error) ?? 'accept-error', ''));
    return listening;
  }

  /** From now on new connections see this identity; the ones that are open go on. */
  useIdentity(identity: ServerCertificate): void {
    this.#tls.setSecureContext(contextOptions(identity));
    this.#enrollmentContext = this.#options.onEnrollment && enrollmentContext(identity);
  }

  /** Cuts a client's connection. */
  disconnect(ends: Ends): void {
    this.#clients.get(connectionOf(ends))?.destroy();
  }

  /** Why no call of this connection is answered: it is one too many. Undefined: it has its place. */
  refusalOf(ends: Ends): string | undefined {
    return this.#words.get(connectionOf(ends));
  }

  counts(): FrontCounts {
    return {
      ...this.#arrivals.counts(),
      clients: this.#clients.size,
      enrollments: this.#enrollments.size,
    };
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  /** No new connections; resolves when the last one has gone. */
  async stopListening(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Cuts all connections. */
  destroyAll(): void {
    this.#arrivals.close();
    for (const socket of [...this.#enrollments, ...this.#clients.values()]) socket.destroy();
  }

  #enrolls(name: string | false | null | undefined): boolean {
    return this.#options.onEnrollment !== undefined && name === ENROLLMENT_NAME;
  }

  #onTurn(socket: Socket): void {
    const connection = connectionOf(socket);
    this.#raw.set(connection, socket);
    socket.once('close', () => {
      if (this.#raw.get(connection) === socket) this.#raw.delete(connection);
    });
    this.#tls.emit('connection', socket);
  }

  #onSecure(socket: TLSSocket): void {
    const connection = connectionOf(socket);
    const raw = this.#raw.get(connection);
    if (raw) this.#arrivals.done(raw);
    this.#raw.delete(connection);
    socket.on('error', () => undefined);
    if (socket.destroyed) return;
    const certificate = socket.getPeerX509Certificate();
    const objection = this.#objection(socket, certificate);
    if (objection !== undefined) this.#refuse(objection, socket);
    else if (this.#enrolls(socket.servername)) this.#onEnrollment(socket);
    else if (certificate) this.#onClient(socket, connection, certificate);
    else this.#options.onStranger?.(socket);
  }

  /** Why a connection whose handshake is done may not go on; undefined: it may. */
  #objection(socket: TLSSocket, certificate: X509Certificate | undefined): string | undefined {
    // A client of HTTP/1.1 need not say so.
    if (this.#options.protocol !== 'http/1.1' && socket.alpnProtocol !== 'h2') return 'not-http2';
    if (this.#enrolls(socket.servername)) return undefined;
    if (!certificate && this.#options.onStranger) return undefined;
    // `authorized` alone would not do: OpenSSL calls a resumed session without a certificate verified. There are no
    // resumed sessions here (no tickets), and the certificate must be there.
    if (!certificate) return 'no-certificate';
    if (!socket.authorized) return String(socket.authorizationError);
    return undefined;
  }

  #onEnrollment(socket: TLSSocket): void {
    const network = networkOf(socket.remoteAddress ?? '');
    this.#enrollments.add(socket, network);
    const tooOld = setTimeout(() => this.#refuse('enrollment-too-long', socket), this.#limits.enrollmentMs);
    socket.once('close', () => {
      clearTimeout(tooOld);
      this.#enrollments.delete(socket, network);
    });
    this.#options.onEnrollment?.(socket);
  }

  #onClient(socket: TLSSocket, connection: string, certificate: X509Certificate): void {
    const holder = holderOf(subjectOf(certificate));
    showCertificate(socket, certificate);
    const refusal = this.#places.take(socket, holder);
    this.#clients.set(connection, socket);
    socket.once('close', () => {
      this.#places.leave(socket, holder);
      if (this.#clients.get(connection) === socket) this.#clients.delete(connection);
    });
    if (refusal !== undefined) this.#tell(socket, connection, refusal);
    if (!socket.destroyed) this.#options.onClient(socket, certificate.raw);
  }

  /** Its calls are refused in words before it is cut: a bare end would be taken for a bad certificate or a broken network. */
  #tell(socket: TLSSocket, connection: string, refusal: string): void {
    this.#options.onRefused?.('too-many-connections', peerOf(socket));
    this.#words.set(connection, refusal);
    this.#told.add(socket);
    const tooLong = setTimeout(() => socket.destroy(), this.#limits.toldMs);
    socket.once('close', () => {
      clearTimeout(tooLong);
      this.#told.delete(socket);
      this.#words.delete(connection);
    });
  }

  #refuse(reason: string, socket: Socket): void {
    this.#options.onRefused?.(reason, peerOf(socket));
    socket.destroy();
  }
}

function contextOptions(identity: ServerCertificate) {
  return {
    key: identity.privateKey,
    cert: identity.chain,
    ca: identity.root,
    minVersion: 'TLSv1.3' as const,
    // No session tickets, so no resumption: a resumed session keeps the certificate check of long ago.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** A host that enrolls trusts no root yet: it is shown the root, to compare it with the pin in its token. */
function enrollmentContext(identity: ServerCertificate): SecureContext {
  return createSecureContext({ ...contextOptions(identity), cert: identity.chain + identity.root });
}

/**
 * What grpc-js gives the handlers of every call: read once, because Node takes as long for it as for all other work on a call. A TLS 1.3
 * connection does not change its certificate.
 */
function showCertificate(socket: TLSSocket, { raw }: X509Certificate): void {
  Object.defineProperty(socket, 'getPeerCertificate', { value: () => ({ raw }) });
}

/** Both ends: a client may dial two addresses of this machine from one port. */
function connectionOf({ remoteAddress, remotePort, localAddress, localPort }: Ends): string {
  return `${remoteAddress}:${remotePort} ${localAddress}:${localPort}`;
}

/** As grpc-js names peers; empty when the socket no longer knows. */
function peerOf(socket: Socket): string {
  if (socket.remoteAddress === undefined) return '';
  return `${socket.remoteAddress}:${socket.remotePort}`;
}
