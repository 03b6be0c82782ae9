// Calls as grpc-js carries them: back-pressure, cancellation, and errors as statuses.
import type { EventEmitter } from 'node:events';
import {
  Metadata,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Logger } from '../../../common/logger.ts';
import { toStatus } from '../../../common/rpc/to-status.ts';
import type { AuthorizableCall } from '../../identity/auth/caller.ts';
import { type AnswersMethod, type AnyMethod, type Incoming, logUnexpected } from './calls.ts';

/** Handlers of a service for grpc-js. */
export function grpcHandlers(methods: Readonly<Record<string, AnyMethod>>, log: Logger): UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, handler(method, log)]));
}

/** Answers a call with what `run` gives, or with the status of what it throws. */
export function respond<Reply>(
  log: Logger,
  call: AuthorizableCall,
  callback: sendUnaryData<Reply>,
  run: () => Promise<Reply>,
): void {
  run().then(
    (reply) => callback(null, reply),
    (error: unknown) => {
      logUnexpected(log, call.getPath(), error);
      callback(toStatus(error));
    },
  );
}

function handler(method: AnyMethod, log: Logger): UntypedHandleCall {
  switch (method.shape) {
    case 'unary':
      return (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) =>
        respond(log, call, callback, () => method.answer(call.request, incoming(call)));
    case 'collected':
      return (call: ServerReadableStream<object, object>, callback: sendUnaryData<object>) => {
        call.on('error', () => {});
        respond(log, call, callback, () => method.answer(call, incoming(call)));
      };
    case 'answers':
      return (call: ServerWritableStream<object, object>) => stream(method, call, log);
  }
}

function stream(method: AnswersMethod<object, object>, call: ServerWritableStream<object, object>, log: Logger): void {
  const stop = new AbortController();
  call.on('error', () => {});
  for (const event of ['close', 'cancelled']) call.once(event, () => stop.abort());
  const run = async () => {
    for await (const item of method.items(call.request, stop.signal, incoming(call))) {
      if (stop.signal.aborted) return;
      if (!call.write(item)) await drained(call, stop.signal);
    }
    call.end();
  };
  run().catch((error: unknown) => {
    if (stop.signal.aborted) return;
    logUnexpected(log, call.getPath(), error);
    call.emit('error', toStatus(error));
  });
}

function incoming(call: AuthorizableCall & { sendMetadata(metadata: Metadata): void }): Incoming {
  return {
    getPeer: () => call.getPeer(),
    getPath: () => call.getPath(),
    getAuthContext: () => call.getAuthContext(),
    sendAhead: (headers) => call.sendMetadata(Metadata.fromHttp2Headers(headers)),
  };
}

/** Resolves when more may be written, or when the caller is gone. */
function drained(call: EventEmitter, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      call.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    call.on('drain', go);
    signal.addEventListener('abort', go);
    if (signal.aborted) go();
  });
}
