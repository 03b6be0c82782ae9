// Original file: proto/fleetblock/v1/identity.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateApiKeyReply as _fleetblock_v1_CreateApiKeyReply, CreateApiKeyReply__Output as _fleetblock_v1_CreateApiKeyReply__Output } from '../../fleetblock/v1/CreateApiKeyReply.ts';
import type { CreateApiKeyRequest as _fleetblock_v1_CreateApiKeyRequest, CreateApiKeyRequest__Output as _fleetblock_v1_CreateApiKeyRequest__Output } from '../../fleetblock/v1/CreateApiKeyRequest.ts';
import type { CreateOperatorReply as _fleetblock_v1_CreateOperatorReply, CreateOperatorReply__Output as _fleetblock_v1_CreateOperatorReply__Output } from '../../fleetblock/v1/CreateOperatorReply.ts';
import type { CreateOperatorRequest as _fleetblock_v1_CreateOperatorRequest, CreateOperatorRequest__Output as _fleetblock_v1_CreateOperatorRequest__Output } from '../../fleetblock/v1/CreateOperatorRequest.ts';
import type { CreateOperatorTokenReply as _fleetblock_v1_CreateOperatorTokenReply, CreateOperatorTokenReply__Output as _fleetblock_v1_CreateOperatorTokenReply__Output } from '../../fleetblock/v1/CreateOperatorTokenReply.ts';
import type { CreateOperatorTokenRequest as _fleetblock_v1_CreateOperatorTokenRequest, CreateOperatorTokenRequest__Output as _fleetblock_v1_CreateOperatorTokenRequest__Output } from '../../fleetblock/v1/CreateOperatorTokenRequest.ts';
import type { ListApiKeysReply as _fleetblock_v1_ListApiKeysReply, ListApiKeysReply__Output as _fleetblock_v1_ListApiKeysReply__Output } from '../../fleetblock/v1/ListApiKeysReply.ts';
import type { ListApiKeysRequest as _fleetblock_v1_ListApiKeysRequest, ListApiKeysRequest__Output as _fleetblock_v1_ListApiKeysRequest__Output } from '../../fleetblock/v1/ListApiKeysRequest.ts';
import type { ListOperatorTokensReply as _fleetblock_v1_ListOperatorTokensReply, ListOperatorTokensReply__Output as _fleetblock_v1_ListOperatorTokensReply__Output } from '../../fleetblock/v1/ListOperatorTokensReply.ts';
import type { ListOperatorTokensRequest as _fleetblock_v1_ListOperatorTokensRequest, ListOperatorTokensRequest__Output as _fleetblock_v1_ListOperatorTokensRequest__Output } from '../../fleetblock/v1/ListOperatorTokensRequest.ts';
import type { ListOperatorsReply as _fleetblock_v1_ListOperatorsReply, ListOperatorsReply__Output as _fleetblock_v1_ListOperatorsReply__Output } from '../../fleetblock/v1/ListOperatorsReply.ts';
import type { ListOperatorsRequest as _fleetblock_v1_ListOperatorsRequest, ListOperatorsRequest__Output as _fleetblock_v1_ListOperatorsRequest__Output } from '../../fleetblock/v1/ListOperatorsRequest.ts';
import type { ListTokensReply as _fleetblock_v1_ListTokensReply, ListTokensReply__Output as _fleetblock_v1_ListTokensReply__Output } from '../../fleetblock/v1/ListTokensReply.ts';
import type { ListTokensRequest as _fleetblock_v1_ListTokensRequest, ListTokensRequest__Output as _fleetblock_v1_ListTokensRequest__Output } from '../../fleetblock/v1/ListTokensRequest.ts';
import type { RenewCertificateReply as _fleetblock_v1_RenewCertificateReply, RenewCertificateReply__Output as _fleetblock_v1_RenewCertificateReply__Output } from '../../fleetblock/v1/RenewCertificateReply.ts';
import type { RenewCertificateRequest as _fleetblock_v1_RenewCertificateRequest, RenewCertificateRequest__Output as _fleetblock_v1_RenewCertificateRequest__Output } from '../../fleetblock/v1/RenewCertificateRequest.ts';
import type { RenewOperatorReply as _fleetblock_v1_RenewOperatorReply, RenewOperatorReply__Output as _fleetblock_v1_RenewOperatorReply__Output } from '../../fleetblock/v1/RenewOperatorReply.ts';
import type { RenewOperatorRequest as _fleetblock_v1_RenewOperatorRequest, RenewOperatorRequest__Output as _fleetblock_v1_RenewOperatorRequest__Output } from '../../fleetblock/v1/RenewOperatorRequest.ts';
import type { RevokeApiKeyReply as _fleetblock_v1_RevokeApiKeyReply, RevokeApiKeyReply__Output as _fleetblock_v1_RevokeApiKeyReply__Output } from '../../fleetblock/v1/RevokeApiKeyReply.ts';
import type { RevokeApiKeyRequest as _fleetblock_v1_RevokeApiKeyRequest, RevokeApiKeyRequest__Output as _fleetblock_v1_RevokeApiKeyRequest__Output } from '../../fleetblock/v1/RevokeApiKeyRequest.ts';
import type { RevokeHostReply as _fleetblock_v1_RevokeHostReply, RevokeHostReply__Output as _fleetblock_v1_RevokeHostReply__Output } from '../../fleetblock/v1/RevokeHostReply.ts';
import type { RevokeHostRequest as _fleetblock_v1_RevokeHostRequest, RevokeHostRequest__Output as _fleetblock_v1_RevokeHostRequest__Output } from '../../fleetblock/v1/RevokeHostRequest.ts';
import type { RevokeOperatorReply as _fleetblock_v1_RevokeOperatorReply, RevokeOperatorReply__Output as _fleetblock_v1_RevokeOperatorReply__Output } from '../../fleetblock/v1/RevokeOperatorReply.ts';
import type { RevokeOperatorRequest as _fleetblock_v1_RevokeOperatorRequest, RevokeOperatorRequest__Output as _fleetblock_v1_RevokeOperatorRequest__Output } from '../../fleetblock/v1/RevokeOperatorRequest.ts';
import type { RevokeOperatorTokenReply as _fleetblock_v1_RevokeOperatorTokenReply, RevokeOperatorTokenReply__Output as _fleetblock_v1_RevokeOperatorTokenReply__Output } from '../../fleetblock/v1/RevokeOperatorTokenReply.ts';
import type { RevokeOperatorTokenRequest as _fleetblock_v1_RevokeOperatorTokenRequest, RevokeOperatorTokenRequest__Output as _fleetblock_v1_RevokeOperatorTokenRequest__Output } from '../../fleetblock/v1/RevokeOperatorTokenRequest.ts';
import type { RevokeTokenReply as _fleetblock_v1_RevokeTokenReply, RevokeTokenReply__Output as _fleetblock_v1_RevokeTokenReply__Output } from '../../fleetblock/v1/RevokeTokenReply.ts';
import type { RevokeTokenRequest as _fleetblock_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _fleetblock_v1_RevokeTokenRequest__Output } from '../../fleetblock/v1/RevokeTokenRequest.ts';
import type { VerifyAuditReply as _fleetblock_v1_VerifyAuditReply, VerifyAuditReply__Output as _fleetblock_v1_VerifyAuditReply__Output } from '../../fleetblock/v1/VerifyAuditReply.ts';
import type { VerifyAuditRequest as _fleetblock_v1_VerifyAuditRequest, VerifyAuditRequest__Output as _fleetblock_v1_VerifyAuditRequest__Output } from '../../fleetblock/v1/VerifyAuditRequest.ts';

export interface IdentityServiceClient extends grpc.Client {
  /**
   * Admins: a key by which a program calls the HTTP API. INVALID_ARGUMENT: impossible name, role or origin. ALREADY_EXISTS: a key of that
   * name is good.
   */
  CreateApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  CreateApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  CreateApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  CreateApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins: a key by which a program calls the HTTP API. INVALID_ARGUMENT: impossible name, role or origin. ALREADY_EXISTS: a key of that
   * name is good.
   */
  createApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  createApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  createApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  createApiKey(argument: _fleetblock_v1_CreateApiKeyRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateApiKeyReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins: a certificate for a person or a program. The key is made by the caller and never sent.
   * INVALID_ARGUMENT: impossible name, role or life.
   */
  CreateOperator(argument: _fleetblock_v1_CreateOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  CreateOperator(argument: _fleetblock_v1_CreateOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  CreateOperator(argument: _fleetblock_v1_CreateOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  CreateOperator(argument: _fleetblock_v1_CreateOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins: a certificate for a person or a program. The key is made by the caller and never sent.
   * INVALID_ARGUMENT: impossible name, role or life.
   */
  createOperator(argument: _fleetblock_v1_CreateOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  createOperator(argument: _fleetblock_v1_CreateOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  createOperator(argument: _fleetblock_v1_CreateOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  createOperator(argument: _fleetblock_v1_CreateOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins: a one-time token that gets its holder such a certificate on their own machine (EnrollmentService.EnrollOperator).
   */
  CreateOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  CreateOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  CreateOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  CreateOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins: a one-time token that gets its holder such a certificate on their own machine (EnrollmentService.EnrollOperator).
   */
  createOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  createOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  createOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  createOperatorToken(argument: _fleetblock_v1_CreateOperatorTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins: by name, the ones too that ended less than 30 days ago.
   */
  ListApiKeyChunks(argument: _fleetblock_v1_ListApiKeysRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListApiKeysReply__Output>;
  ListApiKeyChunks(argument: _fleetblock_v1_ListApiKeysRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListApiKeysReply__Output>;
  /**
   * Admins: by name, the ones too that ended less than 30 days ago.
   */
  listApiKeyChunks(argument: _fleetblock_v1_ListApiKeysRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListApiKeysReply__Output>;
  listApiKeyChunks(argument: _fleetblock_v1_ListApiKeysRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListApiKeysReply__Output>;
  
  ListOperatorChunks(argument: _fleetblock_v1_ListOperatorsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorsReply__Output>;
  ListOperatorChunks(argument: _fleetblock_v1_ListOperatorsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorsReply__Output>;
  listOperatorChunks(argument: _fleetblock_v1_ListOperatorsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorsReply__Output>;
  listOperatorChunks(argument: _fleetblock_v1_ListOperatorsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorsReply__Output>;
  
  /**
   * Admins: those that have not ended. In bounded messages, none where there is nothing to tell; so are the other lists.
   */
  ListOperatorTokenChunks(argument: _fleetblock_v1_ListOperatorTokensRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorTokensReply__Output>;
  ListOperatorTokenChunks(argument: _fleetblock_v1_ListOperatorTokensRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorTokensReply__Output>;
  /**
   * Admins: those that have not ended. In bounded messages, none where there is nothing to tell; so are the other lists.
   */
  listOperatorTokenChunks(argument: _fleetblock_v1_ListOperatorTokensRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorTokensReply__Output>;
  listOperatorTokenChunks(argument: _fleetblock_v1_ListOperatorTokensRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListOperatorTokensReply__Output>;
  
  ListTokenChunks(argument: _fleetblock_v1_ListTokensRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListTokensReply__Output>;
  ListTokenChunks(argument: _fleetblock_v1_ListTokensRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListTokensReply__Output>;
  listTokenChunks(argument: _fleetblock_v1_ListTokensRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListTokensReply__Output>;
  listTokenChunks(argument: _fleetblock_v1_ListTokensRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListTokensReply__Output>;
  
  /**
   * Agents: a new certificate for the caller's own host, for a new key, over a connection of the old one.
   */
  RenewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  RenewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  RenewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  RenewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  /**
   * Agents: a new certificate for the caller's own host, for a new key, over a connection of the old one.
   */
  renewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  renewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  renewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  renewCertificate(argument: _fleetblock_v1_RenewCertificateRequest, callback: grpc.requestCallback<_fleetblock_v1_RenewCertificateReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Operators: a new certificate of the same name, role and life for a new key. FAILED_PRECONDITION: the caller's own is in the first
   * half of its life, or has been renewed for as long as its role allows. RESOURCE_EXHAUSTED: too often.
   */
  RenewOperator(argument: _fleetblock_v1_RenewOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  RenewOperator(argument: _fleetblock_v1_RenewOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  RenewOperator(argument: _fleetblock_v1_RenewOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  RenewOperator(argument: _fleetblock_v1_RenewOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  /**
   * Operators: a new certificate of the same name, role and life for a new key. FAILED_PRECONDITION: the caller's own is in the first
   * half of its life, or has been renewed for as long as its role allows. RESOURCE_EXHAUSTED: too often.
   */
  renewOperator(argument: _fleetblock_v1_RenewOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  renewOperator(argument: _fleetblock_v1_RenewOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  renewOperator(argument: _fleetblock_v1_RenewOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  renewOperator(argument: _fleetblock_v1_RenewOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_RenewOperatorReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins: refuses it from now on and ends its open calls. NOT_FOUND: no key of that name is good.
   */
  RevokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  RevokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  RevokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  RevokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins: refuses it from now on and ends its open calls. NOT_FOUND: no key of that name is good.
   */
  revokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  revokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  revokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  revokeApiKey(argument: _fleetblock_v1_RevokeApiKeyRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeApiKeyReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins: ends the host's stream and refuses its certificate from now on. What its kernel holds, stays. NOT_FOUND: no such host.
   */
  RevokeHost(argument: _fleetblock_v1_RevokeHostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  RevokeHost(argument: _fleetblock_v1_RevokeHostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  RevokeHost(argument: _fleetblock_v1_RevokeHostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  RevokeHost(argument: _fleetblock_v1_RevokeHostRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins: ends the host's stream and refuses its certificate from now on. What its kernel holds, stays. NOT_FOUND: no such host.
   */
  revokeHost(argument: _fleetblock_v1_RevokeHostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  revokeHost(argument: _fleetblock_v1_RevokeHostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  revokeHost(argument: _fleetblock_v1_RevokeHostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  revokeHost(argument: _fleetblock_v1_RevokeHostRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeHostReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins: refuses the certificates from now on, ends their open calls, and revokes the login tokens of that name. NOT_FOUND: neither a
   * certificate that lives nor a token. FAILED_PRECONDITION: no admin would be left.
   */
  RevokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  RevokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  RevokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  RevokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins: refuses the certificates from now on, ends their open calls, and revokes the login tokens of that name. NOT_FOUND: neither a
   * certificate that lives nor a token. FAILED_PRECONDITION: no admin would be left.
   */
  revokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  revokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  revokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  revokeOperator(argument: _fleetblock_v1_RevokeOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins: refuses it from now on. A certificate that came of it stays. NOT_FOUND: no such token.
   */
  RevokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  RevokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  RevokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  RevokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins: refuses it from now on. A certificate that came of it stays. NOT_FOUND: no such token.
   */
  revokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  revokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  revokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  revokeOperatorToken(argument: _fleetblock_v1_RevokeOperatorTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeOperatorTokenReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Admins. NOT_FOUND: no such token.
   */
  RevokeToken(argument: _fleetblock_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _fleetblock_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _fleetblock_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  RevokeToken(argument: _fleetblock_v1_RevokeTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  /**
   * Admins. NOT_FOUND: no such token.
   */
  revokeToken(argument: _fleetblock_v1_RevokeTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _fleetblock_v1_RevokeTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _fleetblock_v1_RevokeTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  revokeToken(argument: _fleetblock_v1_RevokeTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_RevokeTokenReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Recomputes the chain of the audit's records, from the first one on.
   */
  VerifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  VerifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  VerifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  VerifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  /**
   * Recomputes the chain of the audit's records, from the first one on.
   */
  verifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  verifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  verifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  verifyAudit(argument: _fleetblock_v1_VerifyAuditRequest, callback: grpc.requestCallback<_fleetblock_v1_VerifyAuditReply__Output>): grpc.ClientUnaryCall;
  
}

export interface IdentityServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Admins: a key by which a program calls the HTTP API. INVALID_ARGUMENT: impossible name, role or origin. ALREADY_EXISTS: a key of that
   * name is good.
   */
  CreateApiKey: grpc.handleUnaryCall<_fleetblock_v1_CreateApiKeyRequest__Output, _fleetblock_v1_CreateApiKeyReply>;
  
  /**
   * Admins: a certificate for a person or a program. The key is made by the caller and never sent.
   * INVALID_ARGUMENT: impossible name, role or life.
   */
  CreateOperator: grpc.handleUnaryCall<_fleetblock_v1_CreateOperatorRequest__Output, _fleetblock_v1_CreateOperatorReply>;
  
  /**
   * Admins: a one-time token that gets its holder such a certificate on their own machine (EnrollmentService.EnrollOperator).
   */
  CreateOperatorToken: grpc.handleUnaryCall<_fleetblock_v1_CreateOperatorTokenRequest__Output, _fleetblock_v1_CreateOperatorTokenReply>;
  
  /**
   * Admins: by name, the ones too that ended less than 30 days ago.
   */
  ListApiKeyChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListApiKeysRequest__Output, _fleetblock_v1_ListApiKeysReply>;
  
  ListOperatorChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListOperatorsRequest__Output, _fleetblock_v1_ListOperatorsReply>;
  
  /**
   * Admins: those that have not ended. In bounded messages, none where there is nothing to tell; so are the other lists.
   */
  ListOperatorTokenChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListOperatorTokensRequest__Output, _fleetblock_v1_ListOperatorTokensReply>;
  
  ListTokenChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListTokensRequest__Output, _fleetblock_v1_ListTokensReply>;
  
  /**
   * Agents: a new certificate for the caller's own host, for a new key, over a connection of the old one.
   */
  RenewCertificate: grpc.handleUnaryCall<_fleetblock_v1_RenewCertificateRequest__Output, _fleetblock_v1_RenewCertificateReply>;
  
  /**
   * Operators: a new certificate of the same name, role and life for a new key. FAILED_PRECONDITION: the caller's own is in the first
   * half of its life, or has been renewed for as long as its role allows. RESOURCE_EXHAUSTED: too often.
   */
  RenewOperator: grpc.handleUnaryCall<_fleetblock_v1_RenewOperatorRequest__Output, _fleetblock_v1_RenewOperatorReply>;
  
  /**
   * Admins: refuses it from now on and ends its open calls. NOT_FOUND: no key of that name is good.
   */
  RevokeApiKey: grpc.handleUnaryCall<_fleetblock_v1_RevokeApiKeyRequest__Output, _fleetblock_v1_RevokeApiKeyReply>;
  
  /**
   * Admins: ends the host's stream and refuses its certificate from now on. What its kernel holds, stays. NOT_FOUND: no such host.
   */
  RevokeHost: grpc.handleUnaryCall<_fleetblock_v1_RevokeHostRequest__Output, _fleetblock_v1_RevokeHostReply>;
  
  /**
   * Admins: refuses the certificates from now on, ends their open calls, and revokes the login tokens of that name. NOT_FOUND: neither a
   * certificate that lives nor a token. FAILED_PRECONDITION: no admin would be left.
   */
  RevokeOperator: grpc.handleUnaryCall<_fleetblock_v1_RevokeOperatorRequest__Output, _fleetblock_v1_RevokeOperatorReply>;
  
  /**
   * Admins: refuses it from now on. A certificate that came of it stays. NOT_FOUND: no such token.
   */
  RevokeOperatorToken: grpc.handleUnaryCall<_fleetblock_v1_RevokeOperatorTokenRequest__Output, _fleetblock_v1_RevokeOperatorTokenReply>;
  
  /**
   * Admins. NOT_FOUND: no such token.
   */
  RevokeToken: grpc.handleUnaryCall<_fleetblock_v1_RevokeTokenRequest__Output, _fleetblock_v1_RevokeTokenReply>;
  
  /**
   * Recomputes the chain of the audit's records, from the first one on.
   */
  VerifyAudit: grpc.handleUnaryCall<_fleetblock_v1_VerifyAuditRequest__Output, _fleetblock_v1_VerifyAuditReply>;
  
}

export interface IdentityServiceDefinition extends grpc.ServiceDefinition {
  CreateApiKey: MethodDefinition<_fleetblock_v1_CreateApiKeyRequest, _fleetblock_v1_CreateApiKeyReply, _fleetblock_v1_CreateApiKeyRequest__Output, _fleetblock_v1_CreateApiKeyReply__Output>
  CreateOperator: MethodDefinition<_fleetblock_v1_CreateOperatorRequest, _fleetblock_v1_CreateOperatorReply, _fleetblock_v1_CreateOperatorRequest__Output, _fleetblock_v1_CreateOperatorReply__Output>
  CreateOperatorToken: MethodDefinition<_fleetblock_v1_CreateOperatorTokenRequest, _fleetblock_v1_CreateOperatorTokenReply, _fleetblock_v1_CreateOperatorTokenRequest__Output, _fleetblock_v1_CreateOperatorTokenReply__Output>
  ListApiKeyChunks: MethodDefinition<_fleetblock_v1_ListApiKeysRequest, _fleetblock_v1_ListApiKeysReply, _fleetblock_v1_ListApiKeysRequest__Output, _fleetblock_v1_ListApiKeysReply__Output>
  ListOperatorChunks: MethodDefinition<_fleetblock_v1_ListOperatorsRequest, _fleetblock_v1_ListOperatorsReply, _fleetblock_v1_ListOperatorsRequest__Output, _fleetblock_v1_ListOperatorsReply__Output>
  ListOperatorTokenChunks: MethodDefinition<_fleetblock_v1_ListOperatorTokensRequest, _fleetblock_v1_ListOperatorTokensReply, _fleetblock_v1_ListOperatorTokensRequest__Output, _fleetblock_v1_ListOperatorTokensReply__Output>
  ListTokenChunks: MethodDefinition<_fleetblock_v1_ListTokensRequest, _fleetblock_v1_ListTokensReply, _fleetblock_v1_ListTokensRequest__Output, _fleetblock_v1_ListTokensReply__Output>
  RenewCertificate: MethodDefinition<_fleetblock_v1_RenewCertificateRequest, _fleetblock_v1_RenewCertificateReply, _fleetblock_v1_RenewCertificateRequest__Output, _fleetblock_v1_RenewCertificateReply__Output>
  RenewOperator: MethodDefinition<_fleetblock_v1_RenewOperatorRequest, _fleetblock_v1_RenewOperatorReply, _fleetblock_v1_RenewOperatorRequest__Output, _fleetblock_v1_RenewOperatorReply__Output>
  RevokeApiKey: MethodDefinition<_fleetblock_v1_RevokeApiKeyRequest, _fleetblock_v1_RevokeApiKeyReply, _fleetblock_v1_RevokeApiKeyRequest__Output, _fleetblock_v1_RevokeApiKeyReply__Output>
  RevokeHost: MethodDefinition<_fleetblock_v1_RevokeHostRequest, _fleetblock_v1_RevokeHostReply, _fleetblock_v1_RevokeHostRequest__Output, _fleetblock_v1_RevokeHostReply__Output>
  RevokeOperator: MethodDefinition<_fleetblock_v1_RevokeOperatorRequest, _fleetblock_v1_RevokeOperatorReply, _fleetblock_v1_RevokeOperatorRequest__Output, _fleetblock_v1_RevokeOperatorReply__Output>
  RevokeOperatorToken: MethodDefinition<_fleetblock_v1_RevokeOperatorTokenRequest, _fleetblock_v1_RevokeOperatorTokenReply, _fleetblock_v1_RevokeOperatorTokenRequest__Output, _fleetblock_v1_RevokeOperatorTokenReply__Output>
  RevokeToken: MethodDefinition<_fleetblock_v1_RevokeTokenRequest, _fleetblock_v1_RevokeTokenReply, _fleetblock_v1_RevokeTokenRequest__Output, _fleetblock_v1_RevokeTokenReply__Output>
  VerifyAudit: MethodDefinition<_fleetblock_v1_VerifyAuditRequest, _fleetblock_v1_VerifyAuditReply, _fleetblock_v1_VerifyAuditRequest__Output, _fleetblock_v1_VerifyAuditReply__Output>
}
