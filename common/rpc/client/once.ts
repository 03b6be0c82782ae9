// A single call on a connection of its own.
import { type ClientIdentity, CONTROLLER_NAME, ENROLLMENT_NAME } from '../channel.ts';
import { Connector, type Credentials } from './connector.ts';
import type { Method } from './method.ts';
import { Session } from './session.ts';

/** Where a call goes, and as whom. */
export interface Target {
  /** HOST:PORT. */
  readonly controller: string;
  /** Its name in its certificate. */
  readonly serverName: string;
  readonly credentials: Credentials;
}

/** With a certificate. */
export function asMember(controller: string, credentials: ClientIdentity): Target {
  return { controller, serverName: CONTROLLER_NAME, credentials };
}

/** Without one. `rootCertificate`: PEM; the controller's chain, name and times are checked against it first. */
export function asStranger(controller: string, rootCertificate: string): Target {
  return { controller, serverName: ENROLLMENT_NAME, credentials: { rootCertificate } };
}

/**
 * @param timeoutMs for each of the connection, the handshake and the call
 * @throws FleetblockError what the controller refused, UNAVAILABLE, or DEADLINE_EXCEEDED
 */
export async function callOnce<Request, Reply>(
  { controller, serverName, credentials }: Target,
  method: Method<Request, Reply>,
  request: Request,
  timeoutMs: number,
): Promise<Reply> {
  const connector = new Connector({ serverName, reachMs: timeoutMs, patienceMs: timeoutMs });
  const session = new Session(await connector.connect(controller, credentials, new AbortController().signal));
  try {
    const call = session.call(method, { timeoutMs });
    call.end(request);
    return await call.answer();
  } finally {
    session.close();
  }
}
