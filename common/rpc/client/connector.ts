// The way to the controller: TCP, then TLS, each with a limit of its own. An unanswered dial is given up soon: a dead endpoint must not
// cost minutes. A controller that many hosts dial at once may take its time for the handshake, and a host that gave up on it would only
// make it begin again.
import { connect, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { FleetblockError, messageOf } from '../../errors.ts';
import { parseEndpoint } from '../../text/endpoint.ts';
import { type ClientIdentity, CONTROLLER_NAME } from '../channel.ts';

/** Two attempts of TCP, the second after a second. */
const REACH_MS = 1500;
/** For a handshake that does not come to its end; twice as long after each time that it was too short. */
const PATIENCE_MS = { first: 15_000, most: 120_000 } as const;

/** How long to wait for TCP (`reachMs`) and for TLS (`patienceMs`), milliseconds, and whom to expect. */
export interface ConnectorOptions {
  /** Default 1,500. */
  readonly reachMs?: number;
  /** Default 15,000. */
  readonly patienceMs?: number;
  /** The name in the controller's certificate, and in the handshake. Default: for those who have a certificate. */
  readonly serverName?: string;
}

/** What a client trusts, and what it shows: nothing before it is enrolled. */
export type Credentials = Pick<ClientIdentity, 'rootCertificate'> & Partial<ClientIdentity>;

/** One per client, kept between connections: it remembers its TLS context, and how long handshakes have been taking. */
export class Connector {
  readonly #reachMs: number;
  readonly #firstPatienceMs: number;
  readonly #serverName: string;
  #patienceMs: number;
  /** Reading its texts takes as long as a handshake: kept while they stay the same. */
  #kept: { readonly identity: Credentials; readonly context: SecureContext } | undefined;

  constructor({
    reachMs = REACH_MS,
    patienceMs = PATIENCE_MS.first,
    serverName = CONTROLLER_NAME,
  }: ConnectorOptions = {}) {
    this.#reachMs = reachMs;
    this.#serverName = serverName;
    this.#firstPatienceMs = patienceMs;
    this.#patienceMs = patienceMs;
  }

  /**
   * A connection to the controller at HOST:PORT, its certificate checked against the fleet's root and its name.
   * @throws FleetblockError UNAVAILABLE: nothing listens, no answer in time, another controller, or `signal` was aborted
   */
  async connect(controller: string, identity: Credentials, signal: AbortSignal): Promise<TLSSocket> {
    const context = this.#contextOf(identity);
    const { host, port } = parseEndpoint(controller);
    const tcp = connect({ host, port, noDelay: true });
    try {
      await arrived(tcp, 'connect', this.#reachMs, signal);
      const tls = tlsConnect({
        socket: tcp,
        secureContext: context,
        servername: this.#serverName,
        ALPNProtocols: ['h2'],
      });
      await this.#patiently(tls, signal);
      if (tls.alpnProtocol !== 'h2') throw new Error('it does not speak HTTP/2');
      return tls;
    } catch (error) {
      tcp.destroy();
      throw new FleetblockError('UNAVAILABLE', `cannot reach the controller at ${controller}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async #patiently(tls: TLSSocket, signal: AbortSignal): Promise<void> {
    try {
      await arrived(tls, 'secureConnect', this.#patienceMs, signal);
      this.#patienceMs = this.#firstPatienceMs;
    } catch (error) {
      tls.destroy();
      if (error instanceof TooLate) this.#patienceMs = Math.min(PATIENCE_MS.most, this.#patienceMs * 2);
      throw error;
    }
  }

  #contextOf(identity: Credentials): SecureContext {
    const { rootCertificate, certificateChain, privateKey } = identity;
    const kept = this.#kept;
    if (
      kept &&
      kept.identity.privateKey === privateKey &&
      kept.identity.certificateChain === certificateChain &&
      kept.identity.rootCertificate === rootCertificate
    )
      return kept.context;
    const context = createSecureContext({
      ca: rootCertificate,
      cert: certificateChain,
      key: privateKey,
      minVersion: 'TLSv1.3',
    });
    this.#kept = { identity, context };
    return context;
  }
}

class TooLate extends Error {}

/** Resolves with the event; rejects with the socket's error, its end, after `limitMs` or with the signal. */
function arrived(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(new Error('no longer wanted'));
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    };
    // When this process was delayed, the answer may be there already: it is read first. Not the socket's own timeout: that
    // counts from the look-up of a name, which has limits of its own.
    const late = () => setImmediate(() => reject(new TooLate(`no answer in ${limitMs} ms`)));
    const timer = setTimeout(late, limitMs);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    socket.once(event, () => {
      done();
      resolve();
    });
    // Stays: a late error must not become an uncaught one.
    socket.on('error', (error) => {
      done();
      reject(error);
    });
    socket.once('close', () => {
      done();
      reject(new Error('the connection was closed'));
    });
  });
}
