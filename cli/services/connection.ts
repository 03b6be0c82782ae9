// One connection to the controller for the time of a command: calls with deadlines, failures as one line that names the fix.
import { X509Certificate } from 'node:crypto';
import { FleetblockError } from '../../common/errors.ts';
import { type Ahead, aheadFromHeaders } from '../../common/rpc/ahead.ts';
import { type Call, ConnectionLost } from '../../common/rpc/client/call.ts';
import { Connector } from '../../common/rpc/client/connector.ts';
import { type Method, method } from '../../common/rpc/client/method.ts';
import { Session } from '../../common/rpc/client/session.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cli } from '../environment.ts';
import { connectionError, lostConnection, type Peer, silentController } from './connection-error.ts';
import { renewIfDue } from './renewal.ts';

/** For TCP, TLS and HTTP/2 together. */
const CONNECT_TIMEOUT_MS = 5_000;
/** For calls that wait for nothing but the controller itself. */
const CALL_TIMEOUT_MS = 15_000;
/** For a renewal on the way: the command has its answer already. */
const RENEWAL_TIMEOUT_MS = 3_000;
/** For a list of millions of rows, sent, checked and committed. */
const UPLOAD_TIMEOUT_MS = 600_000;
/** Replies handed over at once: writing line by line would cost more than the lines. */
const BATCH = 500;

/** Told that a change is committed while its call waits for hosts. */
export type OnAhead = (ahead: Ahead) => void;

/** All methods throw FleetblockError: the controller's code and text, or why it could not be reached. */
export class Connection {
  readonly #connector = new Connector({ reachMs: CONNECT_TIMEOUT_MS * 2, patienceMs: CONNECT_TIMEOUT_MS * 2 });
  readonly #credentials: Credentials;
  readonly #peer: Peer;
  readonly #signal: AbortSignal;
  #session: Session | undefined;
  #connected = false;

  constructor(credentials: Credentials, signal: AbortSignal) {
    this.#credentials = credentials;
    this.#peer = { controller: credentials.controller, credentials: credentials.path };
    this.#signal = signal;
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
    return this.#answered(method, CALL_TIMEOUT_MS + extraMs, onAhead, (call) => call.end(request));
  }

  /** Replies in batches, as they arrive. Leaving the iteration cancels the call. */
  async *stream<Request, Reply>(method: Method<Request, Reply>, request: Request): AsyncGenerator<Reply[]> {
    const session = await this.#open();
    try {
      const call = session.call(method, { signal: this.#signal });
      call.end(request);
      let batch: Reply[] = [];
      for await (const reply of call.messages) {
        batch.push(reply);
        // What has arrived together is handed over together.
        if (batch.length < BATCH && call.messages.waiting > 0) continue;
        yield batch;
        batch = [];
      }
    } catch (error) {
      throw this.#explain(error, '');
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
  upload<Request, Reply>(
    method: Method<Request, Reply>,
    requests: Iterable<Request>,
    extraMs: number,
    { onSent, onAhead }: { readonly onSent: () => void; readonly onAhead: OnAhead },
  ): Promise<Reply> {
    return this.#answered(method, UPLOAD_TIMEOUT_MS + extraMs, onAhead, async (call) => {
      for (const request of requests) {
        await call.send(request);
        onSent();
      }
      call.end();
    });
  }

  close(): void {
    this.#session?.close();
  }

  async #answered<Request, Reply>(
    method: Method<Request, Reply>,
    timeoutMs: number,
    onAhead: OnAhead | undefined,
    send: (call: Call<Request, Reply>) => void | Promise<void>,
  ): Promise<Reply> {
    let doubt = doubtOf(method.path);
    const session = await this.#open();
    try {
      const call = session.call(method, {
        timeoutMs,
        signal: this.#signal,
        onHeaders: (headers) => {
          const ahead = aheadFromHeaders(headers);
          if (!ahead) return;
          doubt = `: the change is committed (revision ${ahead.revision}) and still goes to the hosts: see fleetblock hosts`;
          onAhead?.(ahead);
        },
      });
      // What cannot be sent ends the call; when the controller has refused before the end, its answer says so.
      Promise.resolve(send(call)).catch((error: Error) => call.cancel(error));
      return await call.answer();
    } catch (error) {
      throw this.#explain(error, doubt);
    }
  }

  /** The connection, reopened when it has ended. */
  async #open(): Promise<Session> {
    if (this.#session?.open) return this.#session;
    const late = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
    const { controller } = this.#peer;
    try {
      const signal = AbortSignal.any([late, this.#signal]);
      this.#session = await Session.open(this.#connector, controller, this.#credentials, signal);
      this.#connected = true;
      return this.#session;
    } catch (error) {
      if (this.#signal.aborted) throw new FleetblockError('ABORTED', 'interrupted');
      throw late.aborted ? silentController(this.#peer, CONNECT_TIMEOUT_MS / 1000) : connectionError(error, this.#peer);
    }
  }

  /** `doubt`: what an error says of a change whose answer never came. */
  #explain(error: unknown, doubt: string): unknown {
    if (this.#signal.aborted) return new FleetblockError('ABORTED', `interrupted${doubt}`);
    if (error instanceof ConnectionLost) return lostConnection(this.#peer, doubt, error);
    if (!(error instanceof FleetblockError)) return error;
    if (error.code === 'DEADLINE_EXCEEDED')
      return new FleetblockError('DEADLINE_EXCEEDED', `the controller did not answer in time${doubt}`, {
        cause: error,
      });
    if (error.code === 'UNIMPLEMENTED')
      return new FleetblockError(
        'UNIMPLEMENTED',
        `the controller at ${this.#peer.controller} is of another version and does not know this call: use the fleetblock of its version`,
        { cause: error },
      );
    return error;
  }
}

/** What is not known when a call ends early: nothing, if it only reads. */
function doubtOf(path: string): string {
  if (/\/(?:List|Watch|Export|Check|VerifyAudit)/.test(path)) return '';
  return ': a change may or may not have been made: see fleetblock list, or run the command again, which is safe';
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
