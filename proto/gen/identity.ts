import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApiKey as _fleetblock_v1_ApiKey, ApiKey__Output as _fleetblock_v1_ApiKey__Output } from './fleetblock/v1/ApiKey.ts';
import type { CreateApiKeyReply as _fleetblock_v1_CreateApiKeyReply, CreateApiKeyReply__Output as _fleetblock_v1_CreateApiKeyReply__Output } from './fleetblock/v1/CreateApiKeyReply.ts';
import type { CreateApiKeyRequest as _fleetblock_v1_CreateApiKeyRequest, CreateApiKeyRequest__Output as _fleetblock_v1_CreateApiKeyRequest__Output } from './fleetblock/v1/CreateApiKeyRequest.ts';
import type { CreateOperatorReply as _fleetblock_v1_CreateOperatorReply, CreateOperatorReply__Output as _fleetblock_v1_CreateOperatorReply__Output } from './fleetblock/v1/CreateOperatorReply.ts';
import type { CreateOperatorRequest as _fleetblock_v1_CreateOperatorRequest, CreateOperatorRequest__Output as _fleetblock_v1_CreateOperatorRequest__Output } from './fleetblock/v1/CreateOperatorRequest.ts';
import type { CreateOperatorTokenReply as _fleetblock_v1_CreateOperatorTokenReply, CreateOperatorTokenReply__Output as _fleetblock_v1_CreateOperatorTokenReply__Output } from './fleetblock/v1/CreateOperatorTokenReply.ts';
import type { CreateOperatorTokenRequest as _fleetblock_v1_CreateOperatorTokenRequest, CreateOperatorTokenRequest__Output as _fleetblock_v1_CreateOperatorTokenRequest__Output } from './fleetblock/v1/CreateOperatorTokenRequest.ts';
import type { IdentityServiceClient as _fleetblock_v1_IdentityServiceClient, IdentityServiceDefinition as _fleetblock_v1_IdentityServiceDefinition } from './fleetblock/v1/IdentityService.ts';
import type { ListApiKeysReply as _fleetblock_v1_ListApiKeysReply, ListApiKeysReply__Output as _fleetblock_v1_ListApiKeysReply__Output } from './fleetblock/v1/ListApiKeysReply.ts';
import type { ListApiKeysRequest as _fleetblock_v1_ListApiKeysRequest, ListApiKeysRequest__Output as _fleetblock_v1_ListApiKeysRequest__Output } from './fleetblock/v1/ListApiKeysRequest.ts';
import type { ListOperatorTokensReply as _fleetblock_v1_ListOperatorTokensReply, ListOperatorTokensReply__Output as _fleetblock_v1_ListOperatorTokensReply__Output } from './fleetblock/v1/ListOperatorTokensReply.ts';
import type { ListOperatorTokensRequest as _fleetblock_v1_ListOperatorTokensRequest, ListOperatorTokensRequest__Output as _fleetblock_v1_ListOperatorTokensRequest__Output } from './fleetblock/v1/ListOperatorTokensRequest.ts';
import type { ListOperatorsReply as _fleetblock_v1_ListOperatorsReply, ListOperatorsReply__Output as _fleetblock_v1_ListOperatorsReply__Output } from './fleetblock/v1/ListOperatorsReply.ts';
import type { ListOperatorsRequest as _fleetblock_v1_ListOperatorsRequest, ListOperatorsRequest__Output as _fleetblock_v1_ListOperatorsRequest__Output } from './fleetblock/v1/ListOperatorsRequest.ts';
import type { ListTokensReply as _fleetblock_v1_ListTokensReply, ListTokensReply__Output as _fleetblock_v1_ListTokensReply__Output } from './fleetblock/v1/ListTokensReply.ts';
import type { ListTokensRequest as _fleetblock_v1_ListTokensRequest, ListTokensRequest__Output as _fleetblock_v1_ListTokensRequest__Output } from './fleetblock/v1/ListTokensRequest.ts';
import type { Operator as _fleetblock_v1_Operator, Operator__Output as _fleetblock_v1_Operator__Output } from './fleetblock/v1/Operator.ts';
import type { OperatorToken as _fleetblock_v1_OperatorToken, OperatorToken__Output as _fleetblock_v1_OperatorToken__Output } from './fleetblock/v1/OperatorToken.ts';
import type { RenewCertificateReply as _fleetblock_v1_RenewCertificateReply, RenewCertificateReply__Output as _fleetblock_v1_RenewCertificateReply__Output } from './fleetblock/v1/RenewCertificateReply.ts';
import type { RenewCertificateRequest as _fleetblock_v1_RenewCertificateRequest, RenewCertificateRequest__Output as _fleetblock_v1_RenewCertificateRequest__Output } from './fleetblock/v1/RenewCertificateRequest.ts';
import type { RenewOperatorReply as _fleetblock_v1_RenewOperatorReply, RenewOperatorReply__Output as _fleetblock_v1_RenewOperatorReply__Output } from './fleetblock/v1/RenewOperatorReply.ts';
import type { RenewOperatorRequest as _fleetblock_v1_RenewOperatorRequest, RenewOperatorRequest__Output as _fleetblock_v1_RenewOperatorRequest__Output } from './fleetblock/v1/RenewOperatorRequest.ts';
import type { RevokeApiKeyReply as _fleetblock_v1_RevokeApiKeyReply, RevokeApiKeyReply__Output as _fleetblock_v1_RevokeApiKeyReply__Output } from './fleetblock/v1/RevokeApiKeyReply.ts';
import type { RevokeApiKeyRequest as _fleetblock_v1_RevokeApiKeyRequest, RevokeApiKeyRequest__Output as _fleetblock_v1_RevokeApiKeyRequest__Output } from './fleetblock/v1/RevokeApiKeyRequest.ts';
import type { RevokeHostReply as _fleetblock_v1_RevokeHostReply, RevokeHostReply__Output as _fleetblock_v1_RevokeHostReply__Output } from './fleetblock/v1/RevokeHostReply.ts';
import type { RevokeHostRequest as _fleetblock_v1_RevokeHostRequest, RevokeHostRequest__Output as _fleetblock_v1_RevokeHostRequest__Output } from './fleetblock/v1/RevokeHostRequest.ts';
import type { RevokeOperatorReply as _fleetblock_v1_RevokeOperatorReply, RevokeOperatorReply__Output as _fleetblock_v1_RevokeOperatorReply__Output } from './fleetblock/v1/RevokeOperatorReply.ts';
import type { RevokeOperatorRequest as _fleetblock_v1_RevokeOperatorRequest, RevokeOperatorRequest__Output as _fleetblock_v1_RevokeOperatorRequest__Output } from './fleetblock/v1/RevokeOperatorRequest.ts';
import type { RevokeOperatorTokenReply as _fleetblock_v1_RevokeOperatorTokenReply, RevokeOperatorTokenReply__Output as _fleetblock_v1_RevokeOperatorTokenReply__Output } from './fleetblock/v1/RevokeOperatorTokenReply.ts';
import type { RevokeOperatorTokenRequest as _fleetblock_v1_RevokeOperatorTokenRequest, RevokeOperatorTokenRequest__Output as _fleetblock_v1_RevokeOperatorTokenRequest__Output } from './fleetblock/v1/RevokeOperatorTokenRequest.ts';
import type { RevokeTokenReply as _fleetblock_v1_RevokeTokenReply, RevokeTokenReply__Output as _fleetblock_v1_RevokeTokenReply__Output } from './fleetblock/v1/RevokeTokenReply.ts';
import type { RevokeTokenRequest as _fleetblock_v1_RevokeTokenRequest, RevokeTokenRequest__Output as _fleetblock_v1_RevokeTokenRequest__Output } from './fleetblock/v1/RevokeTokenRequest.ts';
import type { Token as _fleetblock_v1_Token, Token__Output as _fleetblock_v1_Token__Output } from './fleetblock/v1/Token.ts';
import type { VerifyAuditReply as _fleetblock_v1_VerifyAuditReply, VerifyAuditReply__Output as _fleetblock_v1_VerifyAuditReply__Output } from './fleetblock/v1/VerifyAuditReply.ts';
import type { VerifyAuditRequest as _fleetblock_v1_VerifyAuditRequest, VerifyAuditRequest__Output as _fleetblock_v1_VerifyAuditRequest__Output } from './fleetblock/v1/VerifyAuditRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fleetblock: {
    v1: {
      ApiKey: MessageTypeDefinition<_fleetblock_v1_ApiKey, _fleetblock_v1_ApiKey__Output>
      CreateApiKeyReply: MessageTypeDefinition<_fleetblock_v1_CreateApiKeyReply, _fleetblock_v1_CreateApiKeyReply__Output>
      CreateApiKeyRequest: MessageTypeDefinition<_fleetblock_v1_CreateApiKeyRequest, _fleetblock_v1_CreateApiKeyRequest__Output>
      CreateOperatorReply: MessageTypeDefinition<_fleetblock_v1_CreateOperatorReply, _fleetblock_v1_CreateOperatorReply__Output>
      CreateOperatorRequest: MessageTypeDefinition<_fleetblock_v1_CreateOperatorRequest, _fleetblock_v1_CreateOperatorRequest__Output>
      CreateOperatorTokenReply: MessageTypeDefinition<_fleetblock_v1_CreateOperatorTokenReply, _fleetblock_v1_CreateOperatorTokenReply__Output>
      CreateOperatorTokenRequest: MessageTypeDefinition<_fleetblock_v1_CreateOperatorTokenRequest, _fleetblock_v1_CreateOperatorTokenRequest__Output>
      IdentityService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_IdentityServiceClient> & { service: _fleetblock_v1_IdentityServiceDefinition }
      ListApiKeysReply: MessageTypeDefinition<_fleetblock_v1_ListApiKeysReply, _fleetblock_v1_ListApiKeysReply__Output>
      ListApiKeysRequest: MessageTypeDefinition<_fleetblock_v1_ListApiKeysRequest, _fleetblock_v1_ListApiKeysRequest__Output>
      ListOperatorTokensReply: MessageTypeDefinition<_fleetblock_v1_ListOperatorTokensReply, _fleetblock_v1_ListOperatorTokensReply__Output>
      ListOperatorTokensRequest: MessageTypeDefinition<_fleetblock_v1_ListOperatorTokensRequest, _fleetblock_v1_ListOperatorTokensRequest__Output>
      ListOperatorsReply: MessageTypeDefinition<_fleetblock_v1_ListOperatorsReply, _fleetblock_v1_ListOperatorsReply__Output>
      ListOperatorsRequest: MessageTypeDefinition<_fleetblock_v1_ListOperatorsRequest, _fleetblock_v1_ListOperatorsRequest__Output>
      ListTokensReply: MessageTypeDefinition<_fleetblock_v1_ListTokensReply, _fleetblock_v1_ListTokensReply__Output>
      ListTokensRequest: MessageTypeDefinition<_fleetblock_v1_ListTokensRequest, _fleetblock_v1_ListTokensRequest__Output>
      Operator: MessageTypeDefinition<_fleetblock_v1_Operator, _fleetblock_v1_Operator__Output>
      OperatorToken: MessageTypeDefinition<_fleetblock_v1_OperatorToken, _fleetblock_v1_OperatorToken__Output>
      RenewCertificateReply: MessageTypeDefinition<_fleetblock_v1_RenewCertificateReply, _fleetblock_v1_RenewCertificateReply__Output>
      RenewCertificateRequest: MessageTypeDefinition<_fleetblock_v1_RenewCertificateRequest, _fleetblock_v1_RenewCertificateRequest__Output>
      RenewOperatorReply: MessageTypeDefinition<_fleetblock_v1_RenewOperatorReply, _fleetblock_v1_RenewOperatorReply__Output>
      RenewOperatorRequest: MessageTypeDefinition<_fleetblock_v1_RenewOperatorRequest, _fleetblock_v1_RenewOperatorRequest__Output>
      RevokeApiKeyReply: MessageTypeDefinition<_fleetblock_v1_RevokeApiKeyReply, _fleetblock_v1_RevokeApiKeyReply__Output>
      RevokeApiKeyRequest: MessageTypeDefinition<_fleetblock_v1_RevokeApiKeyRequest, _fleetblock_v1_RevokeApiKeyRequest__Output>
      RevokeHostReply: MessageTypeDefinition<_fleetblock_v1_RevokeHostReply, _fleetblock_v1_RevokeHostReply__Output>
      RevokeHostRequest: MessageTypeDefinition<_fleetblock_v1_RevokeHostRequest, _fleetblock_v1_RevokeHostRequest__Output>
      RevokeOperatorReply: MessageTypeDefinition<_fleetblock_v1_RevokeOperatorReply, _fleetblock_v1_RevokeOperatorReply__Output>
      RevokeOperatorRequest: MessageTypeDefinition<_fleetblock_v1_RevokeOperatorRequest, _fleetblock_v1_RevokeOperatorRequest__Output>
      RevokeOperatorTokenReply: MessageTypeDefinition<_fleetblock_v1_RevokeOperatorTokenReply, _fleetblock_v1_RevokeOperatorTokenReply__Output>
      RevokeOperatorTokenRequest: MessageTypeDefinition<_fleetblock_v1_RevokeOperatorTokenRequest, _fleetblock_v1_RevokeOperatorTokenRequest__Output>
      RevokeTokenReply: MessageTypeDefinition<_fleetblock_v1_RevokeTokenReply, _fleetblock_v1_RevokeTokenReply__Output>
      RevokeTokenRequest: MessageTypeDefinition<_fleetblock_v1_RevokeTokenRequest, _fleetblock_v1_RevokeTokenRequest__Output>
      Token: MessageTypeDefinition<_fleetblock_v1_Token, _fleetblock_v1_Token__Output>
      VerifyAuditReply: MessageTypeDefinition<_fleetblock_v1_VerifyAuditReply, _fleetblock_v1_VerifyAuditReply__Output>
      VerifyAuditRequest: MessageTypeDefinition<_fleetblock_v1_VerifyAuditRequest, _fleetblock_v1_VerifyAuditRequest__Output>
    }
  }
}

