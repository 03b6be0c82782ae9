// One connection to the controller for the time of a command: calls with deadlines, failures as one line that names the fix.
import { X509Certificate } from 'node:crypto';
import {
  Client,
  type ClientWritableStream,
  connectivityState,
  type Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { FleetblockError } from '../../common/errors.ts';
import { type Ahead, aheadFromMetadata } from '../../common/rpc/ahead.ts';
import { CONTROLLER_NAME, channelOptions, clientCredentials } from '../../common/rpc/channel.ts';
import { fromServiceError, isServiceError } from '../../common/rpc/status.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { drainedOrClosed } from '../drained.ts';
import type { Cli } from '../environment.ts';
import { connectionError, lostConnection, type Peer, silentController } from './connection-error.ts';
import { type Method, method } from './protocol.ts';
import { renewIfDue } from './renewal.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** For calls that wait for nothing but the controller itself. */
const CALL_TIMEOUT_MS = 15_000;
/** For a renewal on the way: the command has its answer already. */
const RENEWAL_TIMEOUT_MS = 3_000;
/** For a list of millions of rows, sent, checked and committed. */
const UPLOAD_TIMEOUT_MS = 600_000;
/** Replies handed over at once: writing line by line would cost more than the lines. */
const BATCH = 500;

type Cancel = { cancel(): void };
type Answered = Cancel & { on(event: 'metadata', listener: (metadata: Metadata) => void): unknown };
/** Told that a change is committed while its call waits for hosts. */
export type OnAhead = (ahead: Ahead) => void;
type Answer<Reply> = (error: ServiceError | null, reply?: Reply) => void;

/** All methods throw FleetblockError: the controller's code and text, or why it could not be reached. */
export class Connection {
  readonly #client: Client;
  readonly #peer: Peer;
  readonly #signal: AbortSignal;
  #connected = false;

  constructor(credentials: Credentials, signal: AbortSignal) {
    this.#client = new Client(credentials.controller, clientCredentials(credentials), channelOptions(CONTROLLER_NAME));
    this.#peer = { controller: credentials.controller, credentials: credentials.path };
    this.#signal = signal;
    this.#client.waitForReady(Number.POSITIVE_INFINITY, (error) => {
      this.#connected = error === undefined;
    });
  }

  /** Whether the controller has ever been there. */
  get connected(): boolean {
    return this.#connected;
  }

  /** `extraMs`: what the call may take beyond the controller's own work. */
  unary<Request, Reply>(
    method: Method<Request, Reply>,
    request: Request,
    extraMs = 0,
    onAhead?: OnAhead,
  ): Promise<Reply> {
    const options = { deadline: Date.now() + CALL_TIMEOUT_MS + extraMs };
    const { path, serialize, deserialize } = method;
    return this.#answered(path, onAhead, (answer) =>
      this.#client.makeUnaryRequest(path, serialize, deserialize, request, options, answer),
    );
  }

  /** Replies in batches, as they arrive. Leaving the iteration cancels the call. */
  async *stream<Request, Reply>(method: Method<Request, Reply>, request: Request): AsyncGenerator<Reply[]> {
    const { path, serialize, deserialize } = method;
    const call = this.#client.makeServerStreamRequest(path, serialize, deserialize, request);
    const watch = this.#watch(call, () => '');
    try {
      let batch: Reply[] = [];
      for await (const reply of call) {
        batch.push(reply);
        // What has arrived together is handed over together.
        if (batch.length < BATCH && call.readableLength > 0) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    } catch (error) {
      throw watch.failure() ?? (isServiceError(error) ? this.#explain(error, '') : error);
    } finally {
      watch.end();
      call.cancel();
    }
  }

  /** The items of all messages of an answer. */
  async all<Request, Reply, Item>(
    method: Method<Request, Reply>,
    request: Request,
    itemsOf: (reply: Reply) => readonly Item[],
  ): Promise<Item[]> {
    const all: Item[] = [];
    for await (const batch of this.stream(method, request))
      for (const reply of batch) for (const item of itemsOf(reply)) all.push(item);
    return all;
  }

  /** Sends all requests, never faster than the controller reads. `extraMs` as in `unary`; `onSent` after each. */
  async upload<Request, Reply>(
    method: Method<Request, Reply>,
    requests: Iterable<Request>,
    extraMs: number,
    { onSent, onAhead }: { readonly onSent: () => void; readonly onAhead: OnAhead },
  ): Promise<Reply> {
    const { path, serialize, deserialize } = method;
    const options = { deadline: Date.now() + UPLOAD_TIMEOUT_MS + extraMs };
    return await this.#answered(path, onAhead, (answer) => {
      const call = this.#client.makeClientStreamRequest(path, serialize, deserialize, options, answer);
      // The answer says what went wrong.
      call.on('error', () => {});
      void sendAll(call, requests, onSent);
      return call;
    });
  }

  close(): void {
    this.#client.close();
  }

  #answered<Reply>(
    path: string,
    onAhead: OnAhead | undefined,
    start: (answer: Answer<Reply>) => Answered,
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      let doubt = doubtOf(path);
      const call = start((error, reply) => {
        watch.end();
        if (error) reject(watch.failure() ?? this.#explain(error, doubt));
        else if (reply === undefined) reject(new FleetblockError('INTERNAL', 'the controller sent an empty answer'));
        else resolve(reply);
      });
      call.on('metadata', (metadata) => {
        const ahead = aheadFromMetadata(metadata);
        if (!ahead) return;
        doubt = `: the change is committed (revision ${ahead.revision}) and goes on to the hosts: see fleetblock hosts`;
        onAhead?.(ahead);
      });
      const watch = this.#watch(call, () => doubt);
    });
  }

  /** Ends a call that gets no connection in time, or that the operator interrupts. */
  #watch(call: Cancel, doubt: () => string): { failure: () => FleetblockError | undefined; end: () => void } {
    let failure: FleetblockError | undefined;
    const fail = (error: FleetblockError) => {
      failure = error;
      call.cancel();
    };
    const timer = setTimeout(() => {
      if (this.#client.getChannel().getConnectivityState(false) !== connectivityState.READY)
        fail(silentController(this.#peer, CONNECT_TIMEOUT_MS / 1000));
    }, CONNECT_TIMEOUT_MS);
    const abort = () => fail(new FleetblockError('ABORTED', `interrupted${doubt()}`));
    if (this.#signal.aborted) abort();
    this.#signal.addEventListener('abort', abort, { once: true });
    return {
      failure: () => failure,
      end: () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', abort);
      },
    };
  }

  /** `doubt`: what is to be said of a change whose answer never came. */
  #explain(error: ServiceError, doubt: string): FleetblockError {
    if (error.code === status.UNAVAILABLE) {
      if (/No connection established|Name resolution/i.test(error.details))
        return connectionError(error.details, this.#peer);
      if (/connection|stream|socket|ECONN/i.test(error.details))
        return lostConnection(this.#peer, doubt, error.details);
    }
    if (error.code === status.DEADLINE_EXCEEDED)
      return new FleetblockError('DEADLINE_EXCEEDED', `the controller did not answer in time${doubt}`, {
        cause: error,
      });
    if (error.code === status.UNIMPLEMENTED)
      return new FleetblockError(
        'UNIMPLEMENTED',
        `the controller at ${this.#peer.controller} is of another version and does not know this call: use the fleetblock of its version`,
        { cause: error },
      );
    return fromServiceError(error);
  }
}

/** What is not known when a call ends early: nothing, if it only reads. */
function doubtOf(path: string): string {
  if (/\/(?:List|Watch|Export|Check|VerifyAudit)/.test(path)) return '';
  return ': a change may or may not have been made: see fleetblock list, or run the command again, which is safe';
}

async function sendAll<Request>(
  call: ClientWritableStream<Request>,
  requests: Iterable<Request>,
  onSent: () => void,
): Promise<void> {
  for (const request of requests) {
    // Ended early: the controller has refused.
    if (call.destroyed || call.writableEnded) return;
    if (!call.write(request)) await drainedOrClosed(call);
    onSent();
  }
  call.end();
}

/** Runs `use` on a connection that is closed afterwards. @throws FleetblockError UNAUTHENTICATED: the certificate has ended. */
export async function withConnection<T>(
  cli: Cli,
  credentials: Credentials,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  checkValidity(credentials, cli.now());
  const connection = new Connection(credentials, cli.signal);
  try {
    const done = await use(connection);
    await renewIfDue(cli, credentials, (request) =>
      connection.unary(method('IdentityService', 'RenewOperator'), request, RENEWAL_TIMEOUT_MS - CALL_TIMEOUT_MS),
    );
    return done;
  } finally {
    connection.close();
  }
}

function checkValidity({ certificateChain, path }: Credentials, now: number): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(certificateChain);
  } catch (error) {
    throw new FleetblockError('INVALID_ARGUMENT', `the certificate in ${path} cannot be read: get new credentials`, {
      cause: error,
    });
  }
  const { validFromDate, validToDate } = certificate;
  if (validToDate.getTime() < now)
    throw new FleetblockError(
      'UNAUTHENTICATED',
      `the certificate in ${path} expired on ${validToDate.toISOString().slice(0, 10)}: get new credentials from the fleet's administrator`,
    );
  if (validFromDate.getTime() > now + 60_000)
    throw new FleetblockError(
      'UNAUTHENTICATED',
      `the certificate in ${path} is not valid before ${validFromDate.toISOString()}: check this machine's clock`,
    );
}
