// The shapes of calls: who calls, from when time is counted, back-pressure, and errors as fixed texts.
import type { EventEmitter } from 'node:events';
import {
  Metadata,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { FleetblockError, systemCode } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { aheadToHeaders } from '../../../common/rpc/ahead.ts';
import { toStatus } from '../../../common/rpc/to-status.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { Refusal } from '../../identity/auth/authorizer.ts';
import type { AuthorizableCall, Authorize, Caller } from '../../identity/auth/caller.ts';
import type { ReadTurns } from '../../operations/queries/read-turns.ts';
import type { OnWaiting, UnderWay } from '../../operations/under-way.ts';
import { callText, isDryRun } from './call-text.ts';

/** What every handler needs to know its caller, to report a refusal, and to say that it waits for hosts. */
export interface CallDeps {
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with calls that their handler refused. */
  readonly onRefused?: (refusal: Refusal) => void;
  readonly underWay: UnderWay;
}

/** A call that gets one answer. */
export interface Call {
  readonly caller: Caller;
  /** Monotonic milliseconds. */
  readonly arrivedMs: number;
  /** Called when hosts are waited for. */
  readonly onWaiting: OnWaiting;
  /** To be told what is asked for when that is not the request: for the record of a refusal. */
  readonly onAsked: (asked: unknown) => void;
  readonly grpc: AuthorizableCall;
}

/** Calls that wait for hosts for longer than this say so ahead of their answer, milliseconds: most have their answer by then. */
const AHEAD_AFTER_MS = 200;

/** One request, one answer. */
export function unary<Request, Reply>(
  deps: CallDeps,
  answer: (request: Request, call: Call) => Promise<Reply>,
): (call: ServerUnaryCall<Request, Reply>, callback: sendUnaryData<Reply>) => void {
  return (call, callback) =>
    respond(deps.log, call, callback, () =>
      authorized(deps, call, call.request, (about) => answer(call.request, about)),
    );
}

/** Many requests, one answer. Reads no further than the answer is computed; what is thrown ends the call. */
export function collected<Request, Reply>(
  deps: CallDeps,
  answer: (requests: AsyncIterable<Request>, call: Call) => Promise<Reply>,
): (call: ServerReadableStream<Request, Reply>, callback: sendUnaryData<Reply>) => void {
  return (call, callback) => {
    call.on('error', () => {});
    respond(deps.log, call, callback, () => authorized(deps, call, undefined, (about) => answer(call, about)));
  };
}

/** One request, many answers, as fast as the caller reads them. `signal` aborts when the caller is gone. */
export function answers<Request, Item>(
  deps: Pick<CallDeps, 'authorize' | 'log'>,
  items: (request: Request, signal: AbortSignal, caller: Caller) => AsyncIterable<Item>,
): (call: ServerWritableStream<Request, Item>) => void {
  return (call) => {
    const stop = new AbortController();
    call.on('error', () => {});
    for (const event of ['close', 'cancelled']) call.once(event, () => stop.abort());
    const run = async () => {
      const caller = deps.authorize(call);
      for await (const item of items(call.request, stop.signal, caller)) {
        if (stop.signal.aborted) return;
        if (!call.write(item)) await drained(call, stop.signal);
      }
      call.end();
    };
    run().catch((error: unknown) => {
      if (stop.signal.aborted) return;
      logUnexpected(deps.log, call.getPath(), error);
      call.emit('error', toStatus(error));
    });
  };
}

/** The same for answers of any length, in batches; a caller gets few such calls at once, and the rest wait. */
export function longAnswers<Request, Item>(
  deps: CallDeps & { readonly readTurns: ReadTurns },
  batches: (request: Request) => AsyncIterable<readonly Item[]>,
): (call: ServerWritableStream<Request, Item>) => void {
  return answers(deps, (request, signal, { id }) => deps.readTurns.inTurn(id, signal, () => batches(request)));
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

/** Lets a caller in, and records a refusal. Bad input and what is not there are no refusals. */
async function authorized<Reply>(
  deps: CallDeps,
  grpc: AuthorizableCall & { sendMetadata(metadata: Metadata): void },
  request: unknown,
  answer: (call: Call) => Promise<Reply>,
): Promise<Reply> {
  const arrivedMs = deps.clock.monotonicMs();
  const caller = deps.authorize(grpc);
  let asked = request;
  const onAsked = (what: unknown) => {
    asked = what;
  };
  try {
    return await sayingAhead(deps, grpc, (onWaiting) => answer({ caller, arrivedMs, onWaiting, onAsked, grpc }));
  } catch (error) {
    const refused =
      error instanceof FleetblockError && (error.code === 'FAILED_PRECONDITION' || error.code === 'PERMISSION_DENIED');
    if (refused && !isDryRun(asked)) {
      const path = grpc.getPath();
      deps.onRefused?.({ actor: caller.actor, from: caller.from, path, what: callText(path, asked), error });
    }
    throw error;
  }
}

/** Tells the caller, when it has to wait, that its change is committed and how to ask how far it is. */
async function sayingAhead<Reply>(
  { underWay }: CallDeps,
  call: { sendMetadata(metadata: Metadata): void },
  answer: (onWaiting: OnWaiting) => Promise<Reply>,
): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  let wait = '';
  try {
    return await answer((revision, progress) => {
      timer = setTimeout(() => {
        wait = underWay.add(progress);
        call.sendMetadata(Metadata.fromHttp2Headers(aheadToHeaders({ revision, wait })));
      }, AHEAD_AFTER_MS);
    });
  } finally {
    clearTimeout(timer);
    underWay.delete(wait);
  }
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

function logUnexpected(log: Logger, method: string, error: unknown): void {
  // A caller that goes away in the middle of its requests is no failure of ours.
  if (error instanceof FleetblockError || systemCode(error) === 'ERR_STREAM_PREMATURE_CLOSE') return;
  log.error({ err: error, method }, 'a call failed');
}
