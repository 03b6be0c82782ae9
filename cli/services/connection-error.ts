// Why the controller could not be reached or refused the connection, in one line that names the fix.
import { FleetblockError, messageOf, systemCode } from '../../common/errors.ts';

/** Where the connection goes and what it shows there: for error texts. */
export interface Peer {
  /** HOST:PORT. */
  readonly controller: string;
  /** Path of the credentials file. */
  readonly credentials: string;
}

type Cause = readonly [pattern: RegExp, code: 'UNAVAILABLE' | 'UNAUTHENTICATED', text: (peer: Peer) => string];

/** On the code and the text of OpenSSL's or the system's error. */
const CAUSES: readonly Cause[] = [
  [
    /ECONNREFUSED/,
    'UNAVAILABLE',
    ({ controller }) => `nothing listens at ${controller}: check the address, and that fleetblock-controller runs`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    'UNAVAILABLE',
    ({ controller }) => `the name in ${controller} does not resolve: check the controller's address and the DNS`,
  ],
  [
    /EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/,
    'UNAVAILABLE',
    ({ controller }) => `no route to the controller at ${controller}: check the address and the firewalls`,
  ],
  [
    /certificate has expired|certificate is not yet valid/i,
    'UNAVAILABLE',
    ({ controller }) =>
      `the certificate of the controller at ${controller} is not valid now: check the clocks of both machines, and the controller's log`,
  ],
  [
    /self.signed certificate|unable to (verify|get)|signature failure|altnames|certificate.*not trusted|invalid ca|unsupported certificate purpose/i,
    'UNAVAILABLE',
    ({ controller, credentials }) =>
      `${controller} is not the controller of this fleet: its certificate does not come from the root in ${credentials}; check the address, or get new credentials`,
  ],
  [
    /wrong version number|packet length too long|unexpected message|http_request|EPROTO|record layer/i,
    'UNAVAILABLE',
    ({ controller }) => `${controller} does not speak TLS: check the controller's address and port`,
  ],
  [
    // A server refuses a client's certificate by an alert, or by closing as soon as the handshake is done.
    /alert|ECONNRESET|EPIPE|connection (?:was closed|to the controller has ended)/i,
    'UNAUTHENTICATED',
    ({ controller, credentials }) =>
      `${controller} ended the connection: it does not accept the certificate in ${credentials} (revoked, expired or of another fleet), or is no fleetblock controller; check the address, or get new credentials`,
  ],
];

/** `error`: why there is no connection, of the connector or the session. */
export function connectionError(error: unknown, peer: Peer): FleetblockError {
  const cause = error instanceof FleetblockError ? (error.cause ?? error) : error;
  const text = `${systemCode(cause) ?? ''} ${messageOf(cause)}`;
  const [, code, sentence] = CAUSES.find(([pattern]) => pattern.test(text)) ?? [];
  if (code && sentence) return new FleetblockError(code, sentence(peer), { cause });
  return new FleetblockError('UNAVAILABLE', `cannot reach the controller at ${peer.controller}: ${messageOf(cause)}`, {
    cause,
  });
}

/** The connection was there and broke under a call. `uncertain`: what is not known of what the call did. */
export function lostConnection({ controller }: Peer, uncertain: string, cause: Error): FleetblockError {
  return new FleetblockError('UNAVAILABLE', `the connection to the controller at ${controller} broke${uncertain}`, {
    cause,
  });
}

/** For a connection attempt that neither failed nor finished. `seconds`: how long was waited. */
export function silentController({ controller }: Peer, seconds: number): FleetblockError {
  return new FleetblockError(
    'UNAVAILABLE',
    `the controller at ${controller} does not answer within ${seconds} s: check the address and the firewalls`,
  );
}
