// Stands before every handler of the mTLS server: a call that may not be made is refused before its request is read.
import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { FleetblockError } from '../../../common/errors.ts';
import { toStatus } from '../../../common/rpc/to-status.ts';
import type { Authorizer } from '../../identity/auth/authorizer.ts';
import type { AuthorizableCall } from '../../identity/auth/caller.ts';
import type { Ends } from '../front/front.ts';

/** `authorizer` decides on calls; `refusalOf` has the connections that the front let in only to tell them why they are refused. */
export interface AdmissionOptions {
  readonly authorizer: Pick<Authorizer, 'authorize' | 'watch'>;
  /** Cuts the connection of a peer whose open call was ended: it may not heed the status, or not read it. */
  readonly disconnect: (connection: Ends) => void;
  /** Why a connection has no place, whatever it asks; undefined: it has one. */
  readonly refusalOf: (connection: Ends) => string | undefined;
}

/** How long a peer may take to see the status that ended its call before its connection is cut, milliseconds. */
const LAST_WORDS_MS = 200;

/** Also ends open calls when the authorizer says so, and cuts their connection 200 ms later. */
export function admission({ authorizer, disconnect, refusalOf }: AdmissionOptions): ServerInterceptor {
  return (method, call) => {
    const asked: AuthorizableCall = {
      getPeer: () => call.getPeer(),
      getPath: () => method.path,
      getAuthContext: () => call.getAuthContext(),
    };
    const refuse = (error: unknown) => {
      const { code, details, metadata } = toStatus(error);
      call.sendStatus({ code, details, metadata });
    };
    const end = (error: unknown) => {
      const connection = call.getConnectionInfo();
      refuse(error);
      setTimeout(() => disconnect(connection), LAST_WORDS_MS);
    };
    return new ServerInterceptingCall(call, {
      start: (next) => {
        const refusal = refusalOf(call.getConnectionInfo());
        if (refusal !== undefined) return end(new FleetblockError('RESOURCE_EXHAUSTED', refusal));
        let release: () => void;
        try {
          authorizer.authorize(asked);
          // All calls, not streams alone: a Block may wait for hosts for minutes.
          release = authorizer.watch(asked, end);
        } catch (error) {
          // Not started: no listener, no handler, no byte of the request decoded.
          return refuse(error);
        }
        // Comes at the end of every call, however it ended.
        next({ onCancel: () => release() });
      },
    });
  };
}
