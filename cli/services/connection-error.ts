// Why the controller could not be reached or refused the connection, in one line that names the fix.
import { FleetblockError } from '../../common/errors.ts';

/** Where the connection goes and what it shows there: for error texts. */
export interface Peer {
  /** HOST:PORT. */
  readonly controller: string;
  /** Path of the credentials file. */
  readonly credentials: string;
}

type Rule = readonly [pattern: RegExp, code: 'UNAVAILABLE' | 'UNAUTHENTICATED', text: (peer: Peer) => string];

/** What grpc-js passes on of a failed connection is the text of OpenSSL's or the system's error. */
const RULES: readonly Rule[] = [
  [
    /ECONNREFUSED/,
    'UNAVAILABLE',
    ({ controller }) => `nothing listens at ${controller}: check the address, and that fleetblock-controller runs`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN|name resolution/i,
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
    /alert|ECONNRESET|EPIPE|Failed to connect|closed before starting/i,
    'UNAUTHENTICATED',
    ({ controller, credentials }) =>
      `${controller} ended the connection: it does not accept the certificate in ${credentials} (revoked, expired or of another fleet), or is no fleetblock controller; check the address, or get new credentials`,
  ],
];

/** `details` is the text of a call that ended UNAVAILABLE before there was a connection. */
export function connectionError(details: string, peer: Peer): FleetblockError {
  const rule = RULES.find(([pattern]) => pattern.test(details));
  const cause = new Error(details);
  if (rule) return new FleetblockError(rule[1], rule[2](peer), { cause });
  return new FleetblockError('UNAVAILABLE', `cannot reach the controller at ${peer.controller}: ${reason(details)}`, {
    cause,
  });
}

/** The connection was there and broke under a call. */
/** `uncertain`: what is not known of what the call did. */
export function lostConnection({ controller }: Peer, uncertain: string, details: string): FleetblockError {
  return new FleetblockError('UNAVAILABLE', `the connection to the controller at ${controller} broke${uncertain}`, {
    cause: new Error(details),
  });
}

export function silentController({ controller }: Peer, seconds: number): FleetblockError {
  return new FleetblockError(
    'UNAVAILABLE',
    `the controller at ${controller} does not answer within ${seconds} s: check the address and the firewalls`,
  );
}

/** The part of grpc-js's text that says why. */
function reason(details: string): string {
  const [, last = details] = /Last error: (.*?)(?: \(\d{4}-[^)]*\))?\. Resolution note/.exec(details) ?? [];
  return last;
}
