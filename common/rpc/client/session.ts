// One HTTP/2 connection to the controller and the calls on it. It looks by itself whether the other end is still there.
import { type ClientHttp2Session, connect } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { CONTROLLER_NAME } from '../channel.ts';
import { Call, type CallOptions, ConnectionLost } from './call.ts';
import type { Connector, Credentials } from './connector.ts';
import { Keepalive } from './keepalive.ts';
import type { Method } from './method.ts';

/** Never reconnects: when it is no longer `open`, its owner opens another. */
export class Session {
  /** Resolves when the other end has spoken HTTP/2, and so let this one in. @throws ConnectionLost before that */
  readonly ready: Promise<void>;
  readonly #connection: ClientHttp2Session;
  readonly #keepalive: Keepalive;

  /** `socket`: from Connector. */
  constructor(socket: TLSSocket) {
    const connection = connect(`https://${CONTROLLER_NAME}`, {
      createConnection: () => socket,
      settings: { enablePush: false },
    });
    this.#connection = connection;
    this.#keepalive = new Keepalive(
      (answered) => {
        // Destroyed, and its end not told yet: a ping would throw where nobody catches it.
        if (!connection.destroyed) connection.ping(answered);
      },
      () => connection.destroy(new Error('it does not answer')),
    );
    this.ready = new Promise((resolve, reject) => {
      connection.once('remoteSettings', () => resolve());
      // Stays: its calls fail by themselves, and an error must not be an uncaught one.
      connection.on('error', (error) => reject(new ConnectionLost(error)));
      connection.once('close', () => {
        this.#keepalive.stop();
        reject(new ConnectionLost());
      });
    });
    // Not every caller waits for it.
    this.ready.catch(() => {});
  }

  /** A connection that has let this side in. @throws FleetblockError UNAVAILABLE: none, or `signal` was aborted */
  static async open(
    connector: Connector,
    controller: string,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<Session> {
    const session = new Session(await connector.connect(controller, credentials, signal));
    const close = () => session.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await session.ready;
      return session;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  /** Whether new calls may be made: false from the moment that either end closes it. */
  get open(): boolean {
    return !this.#connection.closed && !this.#connection.destroyed;
  }

  /** @throws ConnectionLost: it is not open any more */
  call<Request, Reply>(method: Method<Request, Reply>, options: CallOptions = {}): Call<Request, Reply> {
    if (!this.open) throw new ConnectionLost();
    return new Call(this.#connection, method, options, () => this.#keepalive.heard());
  }

  /** Ends the connection now, with all calls on it. Idempotent. */
  close(): void {
    this.#connection.destroy();
  }
}
