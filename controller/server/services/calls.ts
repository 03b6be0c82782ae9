// The shapes of calls, whatever carries them: who calls, from when time is counted, and which refusals are recorded.
import type { ServerReadableStream, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { FleetblockError, systemCode } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { aheadToHeaders } from '../../../common/rpc/ahead.ts';
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
  /** Called with calls that their handler refused. */
  readonly onRefused?: (refusal: Refusal) => void;
  readonly underWay: UnderWay;
}

/** A call as its transport hands it over. */
export interface Incoming extends AuthorizableCall {
  /** Sends these headers before the answer, or with it where the transport has no other way. */
  sendAhead(headers: Readonly<Record<string, string>>): void;
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
  readonly incoming: Incoming;
}

/** One request, one answer. */
export interface UnaryMethod<Request, Reply> {
  readonly shape: 'unary';
  answer(request: Request, incoming: Incoming): Promise<Reply>;
}

/** Many requests, one answer. Reads no further than the answer is computed. */
export interface CollectedMethod<Request, Reply> {
  readonly shape: 'collected';
  answer(requests: AsyncIterable<Request>, incoming: Incoming): Promise<Reply>;
}

/** One request, many answers, read as fast as the caller takes them. `signal` aborts when the caller is gone. */
export interface AnswersMethod<Request, Item> {
  readonly shape: 'answers';
  items(request: Request, signal: AbortSignal, incoming: Incoming): AsyncIterable<Item>;
}

/** A method whatever its messages, for those who carry calls. */
export type AnyMethod = UnaryMethod<object, object> | CollectedMethod<object, object> | AnswersMethod<object, object>;

type MethodOf<Handler extends (...parameters: never[]) => void> =
  Parameters<Handler>[0] extends ServerReadableStream<infer Request, unknown>
    ? Parameters<Handler>[1] extends sendUnaryData<infer Reply>
      ? CollectedMethod<Request, Reply>
      : never
    : Parameters<Handler>[0] extends ServerWritableStream<infer Request, infer Item>
      ? AnswersMethod<Request, Item>
      : Parameters<Handler>[0] extends ServerUnaryCall<infer Request, unknown>
        ? Parameters<Handler>[1] extends sendUnaryData<infer Reply>
          ? UnaryMethod<Request, Reply>
          : never
        : never;

/** The methods of a service, from the handlers that proto/gen declares for it. */
export type MethodsOf<Handlers> = {
  readonly [Name in keyof Handlers as string extends Name
    ? never
    : number extends Name
      ? never
      : Name]: Handlers[Name] extends (...parameters: never[]) => void ? MethodOf<Handlers[Name]> : never;
};

/** Calls that wait for hosts for longer than this say so ahead of their answer, milliseconds: most have their answer by then. */
const AHEAD_AFTER_MS = 200;

/** One request, one answer. */
export function unary<Request, Reply>(
  deps: CallDeps,
  answer: (request: Request, call: Call) => Promise<Reply>,
): UnaryMethod<Request, Reply> {
  return {
    shape: 'unary',
    answer: (request, incoming) => authorized(deps, incoming, request, (call) => answer(request, call)),
  };
}

/** Many requests, one answer; what is thrown ends the call. A caller that is revoked before its last request gets no further than that. */
export function collected<Request, Reply>(
  deps: CallDeps,
  answer: (requests: AsyncIterable<Request>, call: Call) => Promise<Reply>,
): CollectedMethod<Request, Reply> {
  return {
    shape: 'collected',
    answer: (requests, incoming) =>
      authorized(deps, incoming, undefined, (call) => answer(letIn(deps, requests, call), call)),
  };
}

/** The requests, and after the last a refusal if their caller would not be let in any more. */
function letIn<Request>(
  { authorize }: CallDeps,
  requests: AsyncIterable<Request>,
  { incoming, caller }: Call,
): AsyncIterable<Request> {
  // Read now: of a connection that is gone, nobody can say whose it was.
  const context = incoming.getAuthContext();
  const again = { getPath: () => incoming.getPath(), getPeer: () => caller.from, getAuthContext: () => context };
  return (async function* () {
    yield* requests;
    authorize(again);
  })();
}

/** One request, many answers. */
export function answers<Request, Item>(
  deps: Pick<CallDeps, 'authorize'>,
  items: (request: Request, signal: AbortSignal, caller: Caller) => AsyncIterable<Item>,
): AnswersMethod<Request, Item> {
  return {
    shape: 'answers',
    items: (request, signal, incoming) => items(request, signal, deps.authorize(incoming)),
  };
}

/** The same for answers of any length, in batches; a caller gets few such calls at once, and the rest wait. */
export function longAnswers<Request, Item>(
  deps: CallDeps & { readonly readTurns: ReadTurns },
  batches: (request: Request) => AsyncIterable<readonly Item[]>,
): AnswersMethod<Request, Item> {
  return answers(deps, (request, signal, { id }) => deps.readTurns.inTurn(id, signal, () => batches(request)));
}

/** Logs what a caller only learns as INTERNAL. */
export function logUnexpected(log: Logger, method: string, error: unknown): void {
  // A caller that goes away in the middle of its requests is no failure of ours.
  if (error instanceof FleetblockError || systemCode(error) === 'ERR_STREAM_PREMATURE_CLOSE') return;
  log.error({ err: error, method }, 'a call failed');
}

/** Lets a caller in, and records a refusal. Bad input and what is not there are no refusals. */
async function authorized<Reply>(
  deps: CallDeps,
  incoming: Incoming,
  request: unknown,
  answer: (call: Call) => Promise<Reply>,
): Promise<Reply> {
  const arrivedMs = deps.clock.monotonicMs();
  const caller = deps.authorize(incoming);
  const ended = deps.underWay.begin(caller.actor);
  let asked = request;
  const onAsked = (what: unknown) => {
    asked = what;
  };
  try {
    return await sayingAhead(deps, incoming, (onWaiting) =>
      answer({ caller, arrivedMs, onWaiting, onAsked, incoming }),
    );
  } catch (error) {
    // What the guard says of a dry run is its answer; what its caller may not do is a refusal like any other.
    const recorded = isDryRun(asked) ? ['PERMISSION_DENIED'] : ['PERMISSION_DENIED', 'FAILED_PRECONDITION'];
    if (error instanceof FleetblockError && recorded.includes(error.code)) {
      const path = incoming.getPath();
      deps.onRefused?.({ actor: caller.actor, from: caller.from, path, what: callText(path, asked), error });
    }
    throw error;
  } finally {
    ended();
  }
}

/** Tells the caller, when it has to wait, that its change is committed and how to ask how far it is. */
async function sayingAhead<Reply>(
  { underWay }: CallDeps,
  incoming: Incoming,
  answer: (onWaiting: OnWaiting) => Promise<Reply>,
): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  let wait = '';
  try {
    return await answer((revision, progress) => {
      timer = setTimeout(() => {
        wait = underWay.add(progress);
        incoming.sendAhead(aheadToHeaders({ revision, wait }));
      }, AHEAD_AFTER_MS);
    });
  } finally {
    clearTimeout(timer);
    underWay.delete(wait);
  }
}
