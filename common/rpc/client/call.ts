// One gRPC call on an HTTP/2 stream, of any shape: messages in both directions as fast as the slower end reads, a status at the end.
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { FleetblockError, messageOf } from '../../errors.ts';
import { MAX_MESSAGE_BYTES } from '../channel.ts';
import { outcomeOf } from '../status.ts';
import { FrameReader, frameOf } from './frames.ts';
import { MessageQueue } from './message-queue.ts';
import type { Method } from './method.ts';

/** The connection ended under a call: the controller has said nothing about the call's outcome. */
export class ConnectionLost extends FleetblockError {
  constructor(cause?: unknown) {
    super('UNAVAILABLE', `the connection to the controller has ended${cause ? `: ${messageOf(cause)}` : ''}`, {
      cause,
    });
  }
}

/** How long a call may take, who else may end it, and who sees its headers early. */
export interface CallOptions {
  /** For the whole call, milliseconds; the controller learns it. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Response headers, which may come long before the answer. */
  readonly onHeaders?: ((headers: IncomingHttpHeaders) => void) | undefined;
  /** Ends the call with ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/** What setTimeout takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The request headers of a call. */
function headersOf(path: string, timeoutMs: number | undefined): OutgoingHttpHeaders {
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  if (timeoutMs === undefined) return headers;
  // Eight digits at most.
  const timeout = timeoutMs < 1e8 ? `${Math.ceil(timeoutMs)}m` : `${Math.ceil(timeoutMs / 1000)}S`;
  return { ...headers, 'grpc-timeout': timeout };
}

/** Made by Session. Read `messages` or `cancel` it: an unread call pauses its stream and stays open. */
export class Call<Request, Reply> {
  /** In order; throws what the call failed with. Leaving the iteration cancels the call. */
  readonly messages: MessageQueue<Reply>;
  readonly #stream: ClientHttp2Stream;
  readonly #method: Method<Request, Reply>;
  readonly #frames = new FrameReader(MAX_MESSAGE_BYTES);
  readonly #stopListening: () => void;
  #status: FleetblockError | 'ok' | undefined;
  #over: Error | undefined;
  #drained: { resolve: () => void; reject: (error: Error) => void; promise: Promise<void> } | undefined;

  /** `heard`: called for everything that arrives. */
  constructor(connection: ClientHttp2Session, method: Method<Request, Reply>, options: CallOptions, heard: () => void) {
    const stream = connection.request(headersOf(method.path, options.timeoutMs), { endStream: false });
    this.#stream = stream;
    this.#method = method;
    this.messages = new MessageQueue<Reply>({
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      destroy: () => this.cancel(new FleetblockError('ABORTED', 'the answer is no longer read')),
    });
    this.#stopListening = this.#limit(options);
    const lost = (error?: Error) => this.#finish(new ConnectionLost(error));
    stream.on('response', (headers) => {
      this.#read(headers);
      if (!this.#status && headers[':status'] !== 200)
        lost(new Error(`HTTP status ${headers[':status']}: is it the port of a fleetblock-controller?`));
      else options.onHeaders?.(headers);
    });
    stream.on('trailers', (headers) => this.#read(headers));
    stream.on('data', (piece: Buffer) => {
      heard();
      this.#take(piece);
    });
    stream.on('error', lost);
    stream.on('end', () => lost());
    stream.on('close', () => lost(stream.rstCode ? new Error(`reset with code ${stream.rstCode}`) : undefined));
    stream.on('drain', () => {
      this.#drained?.resolve();
      this.#drained = undefined;
    });
  }

  /** Whether the outcome is known. */
  get over(): boolean {
    return this.#over !== undefined;
  }

  /** Resolves once the transport has room for more. Rejects when the call is over. */
  async send(request: Request): Promise<void> {
    if (this.#over) throw this.#over;
    if (this.#stream.write(frameOf(this.#method.serialize(request), MAX_MESSAGE_BYTES))) return;
    if (!this.#drained) {
      this.#drained = Promise.withResolvers<void>();
      // The sender waits for it; once it no longer does, its end is not a separate error.
      this.#drained.promise.catch(() => {});
    }
    await this.#drained.promise;
  }

  /** No more requests, after this one if there is one. */
  end(last?: Request): void {
    if (this.#over) return;
    if (last === undefined) this.#stream.end();
    else this.#stream.end(frameOf(this.#method.serialize(last), MAX_MESSAGE_BYTES));
  }

  /** @returns the only message of the answer. @throws FleetblockError what the call failed with; INTERNAL: none, or several */
  async answer(): Promise<Reply> {
    let answer: Reply | undefined;
    for await (const message of this.messages) {
      if (answer !== undefined) throw new FleetblockError('INTERNAL', 'the controller answered twice');
      answer = message;
    }
    if (answer === undefined) throw new FleetblockError('INTERNAL', 'the controller sent an empty answer');
    return answer;
  }

  /** Ends it now, for this reason, on both sides. Idempotent. */
  cancel(reason: Error): void {
    this.#finish(reason);
  }

  #take(piece: Buffer): void {
    try {
      for (const message of this.#frames.take(piece)) this.messages.push(this.#method.deserialize(message));
    } catch (error) {
      this.#finish(
        error instanceof FleetblockError
          ? error
          : new FleetblockError('INTERNAL', `the controller sent what cannot be read: ${messageOf(error)}`),
      );
    }
  }

  #read(headers: IncomingHttpHeaders): void {
    this.#status ??= outcomeOf(headers);
  }

  /** What the controller said last counts, if it said anything. */
  #finish(reason: Error): void {
    if (this.#over) return;
    this.#over = reason;
    this.#stopListening();
    this.messages.finish(this.#status === 'ok' ? undefined : (this.#status ?? reason));
    this.#drained?.reject(reason);
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #limit({ timeoutMs, signal }: CallOptions): () => void {
    const late = () =>
      this.#finish(new FleetblockError('DEADLINE_EXCEEDED', `the controller did not answer in ${timeoutMs} ms`));
    // When this process was delayed, the answer may be there already: it is read first.
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => setImmediate(late), Math.min(MAX_TIMER_MS, Math.ceil(timeoutMs)));
    const abort = () => this.#finish(new FleetblockError('ABORTED', 'interrupted'));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) queueMicrotask(abort);
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  }
}
