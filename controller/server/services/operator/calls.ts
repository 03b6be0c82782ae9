// The shapes of calls: who calls, from when time is counted, back-pressure, and errors as fixed texts.
import type { EventEmitter } from 'node:events';
import type {
  Metadata,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from '@grpc/grpc-js';
import { FleetblockError, systemCode } from '../../../../common/errors.ts';
import type { Logger } from '../../../../common/logger.ts';
import { aheadToMetadata } from '../../../../common/rpc/ahead.ts';
import { toStatus } from '../../../../common/rpc/status.ts';
import type { Clock } from '../../../../common/time/clock.ts';
import type { Refusal } from '../../../identity/auth/authorizer.ts';
import type { AuthorizableCall, Authorize, Caller } from '../../../identity/auth/caller.ts';
import type { ReadTurns } from '../../../operations/read-turns.ts';
import type { OnWaiting, UnderWay } from '../../../operations/under-way.ts';
import { callText, isDryRun } from '../call-text.ts';

export interface CallDeps {
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of calls that their handler refused. */
  readonly onRefused?: (refusal: Refusal) => void;
  readonly underWay: UnderWay;
}

/** Calls that wait for hosts for longer than this say so ahead of their answer, milliseconds: most have their answer by then. */
const AHEAD_AFTER_MS = 200;

/** One request, one answer. `arrivedMs` is monotonic. */
export function unary<Request, Reply>(
  deps: CallDeps,
  answer: (request: Request, caller: Caller, arrivedMs: number, onWaiting: OnWaiting) => Promise<Reply>,
): (call: ServerUnaryCall<Request, Reply>, callback: sendUnaryData<Reply>) => void {
  return (call, callback) => {
    const arrivedMs = deps.clock.monotonicMs();
    const run = async () => {
      const caller = deps.authorize(call);
      return noted(deps, call, call.request, caller, () =>
        sayingAhead(deps, call, (onWaiting) => answer(call.request, caller, arrivedMs, onWaiting)),
      );
    };
    run().then(
      (reply) => callback(null, reply),
      (error: unknown) => {
        logUnexpected(deps.log, call.getPath(), error);
        callback(toStatus(error));
      },
    );
  };
}

/** One request, many answers, as fast as the caller reads them. `signal` aborts when nobody reads any more. */
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

/** The same for answers without measure, in batches, of which a caller gets few at once: the rest wait. */
export function longAnswers<Request, Item>(
  deps: CallDeps & { readonly readTurns: ReadTurns },
  batches: (request: Request) => AsyncIterable<readonly Item[]>,
): (call: ServerWritableStream<Request, Item>) => void {
  return answers(deps, (request, signal, { id }) => deps.readTurns.inTurn(id, signal, () => batches(request)));
}

/** Many requests, one answer. Reads no further than the answer is computed; what is thrown ends the call. */
export function collected<Request, Reply>(
  deps: CallDeps,
  answer: (requests: AsyncIterable<Request>, caller: Caller, onWaiting: OnWaiting) => Promise<Reply>,
): (call: ServerReadableStream<Request, Reply>, callback: sendUnaryData<Reply>) => void {
  return (call, callback) => {
    call.on('error', () => {});
    const run = async () => {
      const caller = deps.authorize(call);
      return noted(deps, call, undefined, caller, () =>
        sayingAhead(deps, call, (onWaiting) => answer(call, caller, onWaiting)),
      );
    };
    run().then(
      (reply) => callback(null, reply),
      (error: unknown) => {
        logUnexpected(deps.log, call.getPath(), error);
        callback(toStatus(error));
      },
    );
  };
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
        call.sendMetadata(aheadToMetadata({ revision, wait }));
      }, AHEAD_AFTER_MS);
    });
  } finally {
    clearTimeout(timer);
    underWay.delete(wait);
  }
}

/** Passes a refusal on to whoever keeps them. Bad input and what is not there are no refusals. */
async function noted<Reply>(
  { onRefused }: CallDeps,
  call: AuthorizableCall,
  request: unknown,
  { actor, from }: Caller,
  answer: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await answer();
  } catch (error) {
    const refused =
      error instanceof FleetblockError && (error.code === 'FAILED_PRECONDITION' || error.code === 'PERMISSION_DENIED');
    if (refused && !isDryRun(request)) {
      const path = call.getPath();
      onRefused?.({ actor, from, path, what: callText(path, request), error });
    }
    throw error;
  }
}

/** Resolves when more may be written, or when nobody reads any more. */
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
