// The operator service as the commands call it: one connection, a method for each call.
import { X509Certificate } from 'node:crypto';
import { type ClientReadableStream, connectivityState, type ServiceError, status } from '@grpc/grpc-js';
import { FleetblockError } from '../../common/errors.ts';
import { CONTROLLER_NAME, channelOptions, clientCredentials } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { fromServiceError, isServiceError } from '../../common/rpc/status.ts';
import type { BlockRequest } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply__Output } from '../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { Claim__Output } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { CreateTokenReply__Output } from '../../proto/gen/fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest } from '../../proto/gen/fleetblock/v1/CreateTokenRequest.ts';
import type { ListEntriesRequest } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { ListHostsReply__Output } from '../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { OperatorServiceClient } from '../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { UnblockRequest } from '../../proto/gen/fleetblock/v1/UnblockRequest.ts';
import type { Cli } from '../context.ts';
import type { Credentials } from '../credentials.ts';
import { connectionError, lostConnection, type Peer, silentController } from './connection-error.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** For calls that wait for nothing but the controller itself. */
const CALL_TIMEOUT_MS = 15_000;
/** What a change may take beyond the time that it waits for hosts: the commit, behind a big import perhaps. */
const COMMIT_GRACE_MS = 15_000;
/** Claims handed over at once: writing line by line would cost more than the lines. */
const BATCH = 500;

type Cancel = { cancel(): void };
type Answer<Reply> = (error: ServiceError | null, reply?: Reply) => void;

/** All methods throw FleetblockError: the controller's code and text, or why it could not be reached. */
export class OperatorClient {
  readonly #client: OperatorServiceClient;
  readonly #peer: Peer;
  readonly #signal: AbortSignal;

  constructor(credentials: Credentials, signal: AbortSignal) {
    this.#client = new protocol.OperatorService(
      credentials.controller,
      clientCredentials(credentials),
      channelOptions(CONTROLLER_NAME),
    );
    this.#peer = { controller: credentials.controller, credentials: credentials.path };
    this.#signal = signal;
  }

  block(request: BlockRequest): Promise<ChangeReply__Output> {
    const options = deadline(COMMIT_GRACE_MS + (request.wait?.timeoutMs ?? 0));
    return this.#unary((answer) => this.#client.block(request, options, answer));
  }

  unblock(request: UnblockRequest): Promise<ChangeReply__Output> {
    const options = deadline(COMMIT_GRACE_MS + (request.wait?.timeoutMs ?? 0));
    return this.#unary((answer) => this.#client.unblock(request, options, answer));
  }

  /** In batches, as they arrive. */
  listEntries(request: ListEntriesRequest): AsyncGenerator<Claim__Output[]> {
    return this.#stream(() => this.#client.listEntries(request));
  }

  listHosts(): Promise<ListHostsReply__Output> {
    return this.#unary((answer) => this.#client.listHosts({}, deadline(CALL_TIMEOUT_MS), answer));
  }

  createToken(request: CreateTokenRequest): Promise<CreateTokenReply__Output> {
    return this.#unary((answer) => this.#client.createToken(request, deadline(CALL_TIMEOUT_MS), answer));
  }

  close(): void {
    this.#client.close();
  }

  #unary<Reply>(start: (answer: Answer<Reply>) => Cancel): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const call = start((error, reply) => {
        release();
        if (error) reject(watch.failure() ?? this.#explain(error));
        else if (reply === undefined) reject(new FleetblockError('INTERNAL', 'the controller sent an empty answer'));
        else resolve(reply);
      });
      const watch = this.#watch(call);
      const release = () => watch.end();
    });
  }

  async *#stream<Reply>(start: () => ClientReadableStream<Reply>): AsyncGenerator<Reply[]> {
    const call = start();
    const watch = this.#watch(call);
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
      throw watch.failure() ?? (isServiceError(error) ? this.#explain(error) : error);
    } finally {
      watch.end();
      call.cancel();
    }
  }

  /** Ends a call that gets no connection in time, or that the operator interrupts. */
  #watch(call: Cancel): { failure: () => FleetblockError | undefined; end: () => void } {
    let failure: FleetblockError | undefined;
    const fail = (error: FleetblockError) => {
      failure = error;
      call.cancel();
    };
    const timer = setTimeout(() => {
      if (this.#client.getChannel().getConnectivityState(false) !== connectivityState.READY)
        fail(silentController(this.#peer, CONNECT_TIMEOUT_MS / 1000));
    }, CONNECT_TIMEOUT_MS);
    const abort = () => fail(new FleetblockError('ABORTED', 'interrupted: a change may or may not have been made'));
    this.#signal.addEventListener('abort', abort, { once: true });
    return {
      failure: () => failure,
      end: () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', abort);
      },
    };
  }

  #explain(error: ServiceError): FleetblockError {
    if (error.code === status.UNAVAILABLE) {
      if (/No connection established|Name resolution/i.test(error.details))
        return connectionError(error.details, this.#peer);
      if (/connection|stream|socket|ECONN/i.test(error.details)) return lostConnection(this.#peer, error.details);
    }
    if (error.code === status.DEADLINE_EXCEEDED)
      return new FleetblockError(
        'DEADLINE_EXCEEDED',
        'the controller did not answer in time: a change may or may not have been made; see fleetblock list',
        { cause: error },
      );
    return fromServiceError(error);
  }
}

/** Runs `use` on a connection that is closed afterwards. @throws FleetblockError UNAUTHENTICATED: the certificate has ended. */
export async function withOperator<T>(
  cli: Cli,
  credentials: Credentials,
  use: (client: OperatorClient) => Promise<T>,
): Promise<T> {
  checkValidity(credentials, cli.now());
  const client = new OperatorClient(credentials, cli.signal);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

function deadline(ms: number): { deadline: number } {
  return { deadline: Date.now() + ms };
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
