// One HTTP request as a call of a method: who calls and whether they may, in which form they ask, and the answer in that form. The
// methods, roles, limits and records are those of gRPC.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MethodDefinition } from '@grpc/grpc-js';
import { FleetblockError, systemCode } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import { requiredRole } from '../../identity/auth/policy.ts';
import { type AnyMethod, type Incoming, logUnexpected } from '../services/calls.ts';
import { authorizable, bearerKey, type HttpAdmission, type Peer } from './admission.ts';
import { type Answer, documentAnswer, envelopeAnswer, eventAnswer, sendError } from './answer.ts';
import { type Codec, codecOf } from './codec.ts';
import { readMessage, readMessages, readOnlyMessage } from './request-body.ts';
import { serviceNamed } from './schema.ts';

/** A service whose methods are served; `definition` is what grpc-js has of it. */
export interface HttpService {
  readonly name: string;
  readonly definition: Readonly<Record<string, MethodDefinition<object, object>>>;
  readonly methods: Readonly<Record<string, AnyMethod>>;
}

/** `admission` decides on calls. */
export interface HttpCallsOptions {
  readonly services: readonly HttpService[];
  readonly admission: HttpAdmission;
  readonly log: Logger;
}

interface Route {
  readonly path: string;
  readonly method: AnyMethod;
  readonly codec: Codec;
}

/** How long a peer may take to see what ended its call before its connection is cut, milliseconds. */
const LAST_WORDS_MS = 200;
/** A stream without an item says that it has begun after this time, and from then on now and then, milliseconds. */
const FIRST_BEAT_MS = 200;
const BEAT_MS = 15_000;

const ACCEPTED = 'application/json, application/connect+json';

/** By path. All that is not a call is for the server. */
export class HttpCalls {
  readonly #options: HttpCallsOptions;
  readonly #routes = new Map<string, Route>();

  constructor(options: HttpCallsOptions) {
    this.#options = options;
    for (const { name, definition, methods } of options.services)
      for (const described of serviceNamed(name).methods) {
        const served = definition[described.name];
        const method = methods[described.name];
        if (!served || !method) throw new TypeError(`nothing serves ${name}/${described.name}`);
        const { path } = served;
        // Agents have no business here.
        if (requiredRole(path) !== 'agent') this.#routes.set(path, { path, method, codec: codecOf(described, served) });
      }
  }

  /** The paths that are served. */
  get paths(): readonly string[] {
    return [...this.#routes.keys()];
  }

  /** Whether a path is a method's. */
  has(path: string): boolean {
    return this.#routes.has(path);
  }

  /** Serves a POST of a path that it has. */
  serve(request: IncomingMessage, response: ServerResponse, peer: Peer): void {
    const route = this.#routes.get(request.url ?? '');
    if (!route) return;
    const call = callOf(route, request, response, peer);
    const letIn = this.#letIn(route, call, request, response, peer);
    if (!letIn) return;
    const { form, leave } = letIn;
    const stop = new AbortController();
    const answer = form.answer(response);
    const end = (error: FleetblockError, cut: boolean) => {
      answer.fail(error);
      stop.abort();
      if (cut) setTimeout(peer.cut, LAST_WORDS_MS);
    };
    this.#options.admission.watch(call, response, peer, (error) => end(error, true));
    const timers = beats(answer, route.method);
    response.once('close', () => {
      stop.abort();
      timers();
    });
    this.#limitTime(request, response, end);
    const settled = this.#run(route, form, { request, answer, call, signal: stop.signal, response }).catch(
      (error: unknown) => {
        if (response.destroyed || stop.signal.aborted) return;
        if (systemCode(error) !== 'ECONNRESET') logUnexpected(this.#options.log, route.path, error);
        answer.fail(error);
      },
    );
    // A method may work on after its caller is gone, and has its place as long.
    response.once('close', () => settled.then(leave));
  }

  /** Undefined: it was refused. Nothing of the body is read before. */
  #letIn(
    { method }: Route,
    call: Incoming,
    request: IncomingMessage,
    response: ServerResponse,
    peer: Peer,
  ): LetIn | undefined {
    let leave: () => void;
    try {
      leave = this.#options.admission.admit(call, response, peer).leave;
    } catch (error) {
      sendError(response, error);
      return undefined;
    }
    try {
      return { form: formOf(method, request), leave };
    } catch (error) {
      response.once('close', leave);
      sendError(response, error, { status: 415, headers: { 'accept-post': ACCEPTED } });
      return undefined;
    }
  }

  async #run(
    { method, codec }: Route,
    form: Form,
    { request, answer, call, signal, response }: Serving,
  ): Promise<void> {
    if (request.headers.expect !== undefined) response.writeContinue();
    if (method.shape === 'answers') {
      const asked = codec.decode(await form.read(request));
      for await (const item of method.items(asked, signal, call)) {
        if (signal.aborted) return;
        if (!answer.item(codec.encode(item))) await drained(response, signal);
      }
    } else {
      const reply =
        method.shape === 'unary'
          ? await method.answer(codec.decode(await form.read(request)), call)
          : await method.answer(decodedAll(request, codec, signal), call);
      if (signal.aborted) return;
      answer.item(codec.encode(reply));
    }
    answer.end();
  }

  /** As the caller asks: what it does not get in time it does not wait for. */
  #limitTime(
    { headers }: IncomingMessage,
    response: ServerResponse,
    end: (error: FleetblockError, cut: boolean) => void,
  ): void {
    const asked = headers['connect-timeout-ms'];
    if (typeof asked !== 'string' || !/^[0-9]{1,10}$/.test(asked)) return;
    const late = () =>
      end(new FleetblockError('DEADLINE_EXCEEDED', `no answer within ${asked} ms, as asked for`), false);
    const timer = setTimeout(late, Math.min(Number(asked), 2 ** 31 - 1));
    response.once('close', () => clearTimeout(timer));
  }
}

interface Serving {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: Answer;
  readonly call: Incoming;
  readonly signal: AbortSignal;
}

interface LetIn {
  readonly form: Form;
  /** Gives its place back. */
  readonly leave: () => void;
}

/** How a request is read, and how it is answered. */
interface Form {
  readonly read: (request: IncomingMessage) => Promise<Buffer>;
  readonly answer: (response: ServerResponse) => Answer;
}

/** @throws FleetblockError INVALID_ARGUMENT: no form in which this method is called */
function formOf({ shape }: AnyMethod, { headers }: IncomingMessage): Form {
  for (const name of ['content-encoding', 'connect-content-encoding'] as const)
    if (headers[name] !== undefined && headers[name] !== 'identity')
      throw new FleetblockError('INVALID_ARGUMENT', `a body in ${name} ${headers[name]}: send it as it is`);
  const version = headers['connect-protocol-version'];
  if (version !== undefined && version !== '1')
    throw new FleetblockError('INVALID_ARGUMENT', 'connect-protocol-version is 1 or left out');
  const type = mediaType(headers['content-type']);
  if (shape === 'unary') {
    if (type === 'application/json') return { read: readMessage, answer: documentAnswer };
    throw new FleetblockError('INVALID_ARGUMENT', 'this method takes content-type application/json');
  }
  if (type === 'application/connect+json') return { read: readOnlyMessage, answer: envelopeAnswer };
  const events = (headers.accept ?? '').split(',').some((each) => mediaType(each) === 'text/event-stream');
  if (shape === 'answers' && type === 'application/json' && events) return { read: readMessage, answer: eventAnswer };
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    shape === 'answers'
      ? 'this method answers with a stream: content-type application/connect+json, or application/json with accept text/event-stream'
      : 'this method takes a stream: content-type application/connect+json',
  );
}

function mediaType(header = ''): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}

function callOf({ path }: Route, request: IncomingMessage, response: ServerResponse, peer: Peer): Incoming {
  return {
    ...authorizable(path, bearerKey(request), peer),
    sendAhead: (ahead) => {
      if (!response.headersSent) for (const [name, value] of Object.entries(ahead)) response.setHeader(name, value);
    },
  };
}

/** @throws the signal's reason, at the latest after the last: a call that has ended changes nothing */
async function* decodedAll(request: IncomingMessage, codec: Codec, signal: AbortSignal): AsyncGenerator<object> {
  for await (const message of readMessages(request)) {
    signal.throwIfAborted();
    yield codec.decode(message);
  }
  signal.throwIfAborted();
}

/** @returns to be called when the answer is over */
function beats(answer: Answer, { shape }: AnyMethod): () => void {
  if (shape !== 'answers') return () => {};
  let interval: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    answer.beat();
    interval = setInterval(() => answer.beat(), BEAT_MS);
  }, FIRST_BEAT_MS);
  return () => {
    clearTimeout(first);
    clearInterval(interval);
  };
}

/** Resolves when more may be written, or when the caller is gone. */
function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    response.on('drain', go);
    signal.addEventListener('abort', go);
    if (signal.aborted) go();
  });
}
