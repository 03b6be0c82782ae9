// A request of a door that only reads: who may, and an answer that is whole or cut off with its connection.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FleetblockError, systemCode } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import type { Quarantine } from '../../fleet/hub/quarantine.ts';
import type { Caller } from '../../identity/auth/caller.ts';
import { type Admitted, authorizable, type HttpAdmission, type Peer } from '../http/admission.ts';
import { sendError } from '../http/answer.ts';
import { logUnexpected } from '../services/calls.ts';

/** Who may export the list may read it here. */
const PATH = '/fleetblock.v1.OperatorService/Export';

/** Without one, each request would make an exception with its stack. */
const CLOSED = 'closed';

/** What doors for readers share. `quarantine`: of the store that they read. */
export interface ReaderDeps {
  readonly admission: HttpAdmission;
  readonly hub: { readonly quarantine: Pick<Quarantine, 'reason'> };
  readonly log: Logger;
}

/** `key`: what the request says as its API key; undefined: nothing. `denied`: the status where there is no good key. */
export interface Reading {
  readonly key: string | undefined;
  readonly denied?: { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
  readonly answer: (caller: Caller, signal: AbortSignal) => Promise<void>;
}

/** Lets the request in and answers it: 503 while the store is in quarantine. An answer that was begun and fails is cut off: no one may take it for the whole. */
export function serveReader(
  { admission, hub, log }: ReaderDeps,
  request: IncomingMessage,
  response: ServerResponse,
  peer: Peer,
  { key, denied, answer }: Reading,
): void {
  const call = authorizable(PATH, key, peer);
  let admitted: Admitted;
  try {
    admitted = admission.admit(call, response, peer);
  } catch (error) {
    const unauthenticated = error instanceof Error && 'code' in error && error.code === 'UNAUTHENTICATED';
    sendError(response, error, unauthenticated ? denied : {});
    return;
  }
  const stop = new AbortController();
  const fail = (error: unknown) => {
    if (response.headersSent) response.destroy();
    else sendError(response, error);
    stop.abort();
  };
  admission.watch(call, response, peer, (error: FleetblockError) => fail(error));
  response.once('close', () => stop.abort(CLOSED));
  const answered = async () => {
    const { reason } = hub.quarantine;
    // What the store has lost would be taken for removed. Readers keep what they have while there is no answer; so do hosts.
    if (reason !== undefined)
      throw new FleetblockError('UNAVAILABLE', `the store is in quarantine, nothing is served: ${reason}`);
    await answer(admitted.caller, stop.signal);
  };
  const settled = answered().catch((error: unknown) => {
    if (response.destroyed || stop.signal.aborted) return;
    if (systemCode(error) !== 'ECONNRESET') logUnexpected(log, request.url ?? '', error);
    fail(error);
  });
  response.once('close', () => settled.then(admitted.leave));
}
