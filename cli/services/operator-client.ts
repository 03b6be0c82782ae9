// The operator service as the commands call it.
import type { BlockRequest } from '../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply__Output } from '../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { Claim__Output } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { CreateTokenReply__Output } from '../../proto/gen/fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest } from '../../proto/gen/fleetblock/v1/CreateTokenRequest.ts';
import type { ListEntriesRequest } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { ListHostsReply__Output } from '../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { UnblockRequest } from '../../proto/gen/fleetblock/v1/UnblockRequest.ts';
import type { Cli } from '../context.ts';
import type { Credentials } from '../credentials.ts';
import { type Connection, withConnection } from './connection.ts';
import { method } from './protocol.ts';

/** All methods throw FleetblockError: the controller's code and text, or why it could not be reached. */
export class OperatorClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  block(request: BlockRequest): Promise<ChangeReply__Output> {
    return this.#connection.unary(method('OperatorService', 'Block'), request, request.wait?.timeoutMs);
  }

  unblock(request: UnblockRequest): Promise<ChangeReply__Output> {
    return this.#connection.unary(method('OperatorService', 'Unblock'), request, request.wait?.timeoutMs);
  }

  /** In batches, as they arrive. */
  listEntries(request: ListEntriesRequest): AsyncGenerator<Claim__Output[]> {
    return this.#connection.stream(method('OperatorService', 'ListEntries'), request);
  }

  listHosts(): Promise<ListHostsReply__Output> {
    return this.#connection.unary(method('OperatorService', 'ListHosts'), {});
  }

  createToken(request: CreateTokenRequest): Promise<CreateTokenReply__Output> {
    return this.#connection.unary(method('OperatorService', 'CreateToken'), request);
  }
}

/** Runs `use` on a connection that is closed afterwards. */
export function withOperator<T>(
  cli: Cli,
  credentials: Credentials,
  use: (client: OperatorClient) => Promise<T>,
): Promise<T> {
  return withConnection(cli, credentials, (connection) => use(new OperatorClient(connection)));
}
