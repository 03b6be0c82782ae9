// The identity service as the commands call it: tokens, hosts, operators.

import { method } from '../../common/rpc/client/method.ts';
import type { ApiKey__Output } from '../../proto/gen/fleetblock/v1/ApiKey.ts';
import type { CreateApiKeyReply__Output } from '../../proto/gen/fleetblock/v1/CreateApiKeyReply.ts';
import type { CreateApiKeyRequest } from '../../proto/gen/fleetblock/v1/CreateApiKeyRequest.ts';
import type { CreateOperatorReply__Output } from '../../proto/gen/fleetblock/v1/CreateOperatorReply.ts';
import type { CreateOperatorRequest } from '../../proto/gen/fleetblock/v1/CreateOperatorRequest.ts';
import type { CreateOperatorTokenReply__Output } from '../../proto/gen/fleetblock/v1/CreateOperatorTokenReply.ts';
import type { CreateOperatorTokenRequest } from '../../proto/gen/fleetblock/v1/CreateOperatorTokenRequest.ts';
import type { Operator__Output } from '../../proto/gen/fleetblock/v1/Operator.ts';
import type { OperatorToken__Output } from '../../proto/gen/fleetblock/v1/OperatorToken.ts';
import type { RevokeApiKeyReply__Output } from '../../proto/gen/fleetblock/v1/RevokeApiKeyReply.ts';
import type { RevokeApiKeyRequest } from '../../proto/gen/fleetblock/v1/RevokeApiKeyRequest.ts';
import type { RevokeHostReply__Output } from '../../proto/gen/fleetblock/v1/RevokeHostReply.ts';
import type { RevokeHostRequest } from '../../proto/gen/fleetblock/v1/RevokeHostRequest.ts';
import type { RevokeOperatorReply__Output } from '../../proto/gen/fleetblock/v1/RevokeOperatorReply.ts';
import type { RevokeOperatorRequest } from '../../proto/gen/fleetblock/v1/RevokeOperatorRequest.ts';
import type { RevokeOperatorTokenReply__Output } from '../../proto/gen/fleetblock/v1/RevokeOperatorTokenReply.ts';
import type { RevokeOperatorTokenRequest } from '../../proto/gen/fleetblock/v1/RevokeOperatorTokenRequest.ts';
import type { RevokeTokenReply__Output } from '../../proto/gen/fleetblock/v1/RevokeTokenReply.ts';
import type { RevokeTokenRequest } from '../../proto/gen/fleetblock/v1/RevokeTokenRequest.ts';
import type { Token__Output } from '../../proto/gen/fleetblock/v1/Token.ts';
import type { VerifyAuditReply__Output } from '../../proto/gen/fleetblock/v1/VerifyAuditReply.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cli } from '../environment.ts';
import { type Connection, withConnection } from './connection.ts';

/** All methods throw FleetblockError: the controller's code and text, or why it could not be reached. */
export class IdentityClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  listTokens(): Promise<Token__Output[]> {
    return this.#connection.all(method('IdentityService', 'ListTokenChunks'), {}, ({ tokens }) => tokens);
  }

  revokeToken(request: RevokeTokenRequest): Promise<RevokeTokenReply__Output> {
    return this.#connection.unary(method('IdentityService', 'RevokeToken'), request);
  }

  revokeHost(request: RevokeHostRequest): Promise<RevokeHostReply__Output> {
    return this.#connection.unary(method('IdentityService', 'RevokeHost'), request);
  }

  createOperator(request: CreateOperatorRequest): Promise<CreateOperatorReply__Output> {
    return this.#connection.unary(method('IdentityService', 'CreateOperator'), request);
  }

  createOperatorToken(request: CreateOperatorTokenRequest): Promise<CreateOperatorTokenReply__Output> {
    return this.#connection.unary(method('IdentityService', 'CreateOperatorToken'), request);
  }

  listOperatorTokens(): Promise<OperatorToken__Output[]> {
    return this.#connection.all(method('IdentityService', 'ListOperatorTokenChunks'), {}, ({ tokens }) => tokens);
  }

  revokeOperatorToken(request: RevokeOperatorTokenRequest): Promise<RevokeOperatorTokenReply__Output> {
    return this.#connection.unary(method('IdentityService', 'RevokeOperatorToken'), request);
  }

  listOperators(): Promise<Operator__Output[]> {
    return this.#connection.all(method('IdentityService', 'ListOperatorChunks'), {}, ({ operators }) => operators);
  }

  createApiKey(request: CreateApiKeyRequest): Promise<CreateApiKeyReply__Output> {
    return this.#connection.unary(method('IdentityService', 'CreateApiKey'), request);
  }

  listApiKeys(): Promise<ApiKey__Output[]> {
    return this.#connection.all(method('IdentityService', 'ListApiKeyChunks'), {}, ({ apiKeys }) => apiKeys);
  }

  revokeApiKey(request: RevokeApiKeyRequest): Promise<RevokeApiKeyReply__Output> {
    return this.#connection.unary(method('IdentityService', 'RevokeApiKey'), request);
  }

  verifyAudit(): Promise<VerifyAuditReply__Output> {
    return this.#connection.unary(method('IdentityService', 'VerifyAudit'), {});
  }

  revokeOperator(request: RevokeOperatorRequest): Promise<RevokeOperatorReply__Output> {
    return this.#connection.unary(method('IdentityService', 'RevokeOperator'), request);
  }
}

/** Runs `use` on a connection that is closed afterwards. */
export function withIdentity<T>(
  cli: Cli,
  credentials: Credentials,
  use: (client: IdentityClient) => Promise<T>,
): Promise<T> {
  return withConnection(cli, credentials, (connection) => use(new IdentityClient(connection)));
}
