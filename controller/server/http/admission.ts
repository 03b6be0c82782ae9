// Who sends a request, whether they may, and their place among the open calls: for methods and doors alike.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FleetblockError } from '../../../common/errors.ts';
import type { Authorizer } from '../../identity/auth/authorizer.ts';
import type { AuthorizableCall, Caller } from '../../identity/auth/caller.ts';
import { DEFAULT_FRONT_LIMITS } from '../front/limits.ts';
import { type Holder, Places } from '../front/places.ts';

/** Who stands behind a connection. `certificate` is DER; undefined: none was shown. */
export interface Peer {
  readonly from: string;
  readonly certificate: Uint8Array | undefined;
  /** Why no call of this connection is answered; undefined: it has its place. */
  readonly refusal: string | undefined;
  /** Called with whether a call that was let in is open: then it is no stranger's connection. */
  readonly known: (open: boolean) => void;
  /** Cuts the connection. */
  readonly cut: () => void;
}

/** A caller that was let in; `leave` gives its place back. */
export interface Admitted {
  readonly caller: Caller;
  readonly leave: () => void;
}

/** `authorizer` decides on calls, as on those over gRPC. One per port. */
export class HttpAdmission {
  readonly #authorizer: Pick<Authorizer, 'authorize' | 'watch'>;
  readonly #places: Places<ServerResponse>;

  constructor(authorizer: Pick<Authorizer, 'authorize' | 'watch'>) {
    this.#authorizer = authorizer;
    this.#places = new Places(DEFAULT_FRONT_LIMITS, (response) => response.destroy());
  }

  /** @throws FleetblockError UNAUTHENTICATED, PERMISSION_DENIED, RESOURCE_EXHAUSTED */
  admit(call: AuthorizableCall, response: ServerResponse, peer: Peer): Admitted {
    if (peer.refusal !== undefined) throw new FleetblockError('RESOURCE_EXHAUSTED', peer.refusal);
    const caller = this.#authorizer.authorize(call);
    const holder = holderOf(caller);
    const refusal = this.#places.take(response, holder);
    if (refusal !== undefined) throw new FleetblockError('RESOURCE_EXHAUSTED', refusal);
    return { caller, leave: () => this.#places.leave(response, holder) };
  }

  /** Until its answer is over, the call is watched: `end` is called, at most once, when it would be refused now. */
  watch(call: AuthorizableCall, response: ServerResponse, peer: Peer, end: (error: FleetblockError) => void): void {
    peer.known(true);
    const release = this.#authorizer.watch(call, end);
    response.once('close', () => {
      release();
      peer.known(false);
    });
  }
}

/** A request as the authorizer sees it. `path`: of the method. `apiKey`: undefined where none was said; one that is empty is none of ours. */
export function authorizable(path: string, apiKey: string | undefined, peer: Peer): AuthorizableCall {
  const context: ReturnType<AuthorizableCall['getAuthContext']> = {
    // A key is said with this very request, a certificate with all of the connection.
    ...(apiKey !== undefined && { apiKey }),
    ...(peer.certificate && { sslPeerCertificate: { raw: peer.certificate } }),
  };
  return { getPeer: () => peer.from, getPath: () => path, getAuthContext: () => context };
}

/** The key of the header Authorization: of any other scheme, a text that is no key. Undefined: there is no such header. */
export function bearerKey({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  return authorization === undefined ? undefined : (/^bearer +([^ ]+)$/i.exec(authorization)?.[1] ?? '');
}

function holderOf({ role, actor }: Caller): Holder {
  return { kind: role === 'admin' ? 'admin' : role === 'agent' ? 'host' : 'operator', name: actor };
}
