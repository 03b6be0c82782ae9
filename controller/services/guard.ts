// Stands before every handler of the mTLS server: a call that may not be made is refused before its request is read.
import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { toStatus } from '../../common/rpc/status.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import type { AuthorizableCall } from '../auth/caller.ts';

export interface GuardOptions {
  readonly authorizer: Pick<Authorizer, 'authorize' | 'watch'>;
  /** Cuts the connection of a peer whose open call was ended: it may not heed the status, or not read it. */
  readonly disconnect: (peer: string) => void;
}

/** How long a peer may take to see the status that ended its call before its connection is cut, milliseconds. */
const LAST_WORDS_MS = 200;

export function guardInterceptor({ authorizer, disconnect }: GuardOptions): ServerInterceptor {
  return (method, call) => {
    // Read once: it takes as long as all other work on a call, and a TLS 1.3 connection does not change its certificate.
    let context: ReturnType<AuthorizableCall['getAuthContext']> | undefined;
    const asked: AuthorizableCall = {
      getPeer: () => call.getPeer(),
      getPath: () => method.path,
      getAuthContext: () => {
        context ??= call.getAuthContext();
        return context;
      },
    };
    const refuse = (error: unknown) => {
      const { code, details, metadata } = toStatus(error);
      call.sendStatus({ code, details, metadata });
    };
    const end = (error: unknown) => {
      const peer = call.getPeer();
      refuse(error);
      setTimeout(() => disconnect(peer), LAST_WORDS_MS);
    };
    return new ServerInterceptingCall(call, {
      start: (next) => {
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
