// Original file: proto/fleetblock/v1/operator.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BlockRequest as _fleetblock_v1_BlockRequest, BlockRequest__Output as _fleetblock_v1_BlockRequest__Output } from '../../fleetblock/v1/BlockRequest.ts';
import type { ChangeReply as _fleetblock_v1_ChangeReply, ChangeReply__Output as _fleetblock_v1_ChangeReply__Output } from '../../fleetblock/v1/ChangeReply.ts';
import type { Claim as _fleetblock_v1_Claim, Claim__Output as _fleetblock_v1_Claim__Output } from '../../fleetblock/v1/Claim.ts';
import type { CreateTokenReply as _fleetblock_v1_CreateTokenReply, CreateTokenReply__Output as _fleetblock_v1_CreateTokenReply__Output } from '../../fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest as _fleetblock_v1_CreateTokenRequest, CreateTokenRequest__Output as _fleetblock_v1_CreateTokenRequest__Output } from '../../fleetblock/v1/CreateTokenRequest.ts';
import type { ListEntriesRequest as _fleetblock_v1_ListEntriesRequest, ListEntriesRequest__Output as _fleetblock_v1_ListEntriesRequest__Output } from '../../fleetblock/v1/ListEntriesRequest.ts';
import type { ListHostsReply as _fleetblock_v1_ListHostsReply, ListHostsReply__Output as _fleetblock_v1_ListHostsReply__Output } from '../../fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest as _fleetblock_v1_ListHostsRequest, ListHostsRequest__Output as _fleetblock_v1_ListHostsRequest__Output } from '../../fleetblock/v1/ListHostsRequest.ts';
import type { UnblockRequest as _fleetblock_v1_UnblockRequest, UnblockRequest__Output as _fleetblock_v1_UnblockRequest__Output } from '../../fleetblock/v1/UnblockRequest.ts';

export interface OperatorServiceClient extends grpc.Client {
  /**
   * Adds one claim a prefix, all or nothing, and by choice waits for the hosts' proof.
   * INVALID_ARGUMENT: malformed prefix, host bits, no or bad target. NOT_FOUND: unknown host. FAILED_PRECONDITION: the guard refuses.
   */
  Block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Block(argument: _fleetblock_v1_BlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Block(argument: _fleetblock_v1_BlockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  /**
   * Adds one claim a prefix, all or nothing, and by choice waits for the hosts' proof.
   * INVALID_ARGUMENT: malformed prefix, host bits, no or bad target. NOT_FOUND: unknown host. FAILED_PRECONDITION: the guard refuses.
   */
  block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  block(argument: _fleetblock_v1_BlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  block(argument: _fleetblock_v1_BlockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  
  ListEntries(argument: _fleetblock_v1_ListEntriesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Claim__Output>;
  ListEntries(argument: _fleetblock_v1_ListEntriesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Claim__Output>;
  listEntries(argument: _fleetblock_v1_ListEntriesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Claim__Output>;
  listEntries(argument: _fleetblock_v1_ListEntriesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Claim__Output>;
  
  ListHosts(argument: _fleetblock_v1_ListHostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  ListHosts(argument: _fleetblock_v1_ListHostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  ListHosts(argument: _fleetblock_v1_ListHostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  ListHosts(argument: _fleetblock_v1_ListHostsRequest, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  listHosts(argument: _fleetblock_v1_ListHostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  listHosts(argument: _fleetblock_v1_ListHostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  listHosts(argument: _fleetblock_v1_ListHostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  listHosts(argument: _fleetblock_v1_ListHostsRequest, callback: grpc.requestCallback<_fleetblock_v1_ListHostsReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Removes the claims that one origin holds on these very prefixes. Never removes a covering or an inner prefix.
   */
  Unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Unblock(argument: _fleetblock_v1_UnblockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Unblock(argument: _fleetblock_v1_UnblockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  /**
   * Removes the claims that one origin holds on these very prefixes. Never removes a covering or an inner prefix.
   */
  unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  unblock(argument: _fleetblock_v1_UnblockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  unblock(argument: _fleetblock_v1_UnblockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  
}

export interface OperatorServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Adds one claim a prefix, all or nothing, and by choice waits for the hosts' proof.
   * INVALID_ARGUMENT: malformed prefix, host bits, no or bad target. NOT_FOUND: unknown host. FAILED_PRECONDITION: the guard refuses.
   */
  Block: grpc.handleUnaryCall<_fleetblock_v1_BlockRequest__Output, _fleetblock_v1_ChangeReply>;
  
  CreateToken: grpc.handleUnaryCall<_fleetblock_v1_CreateTokenRequest__Output, _fleetblock_v1_CreateTokenReply>;
  
  ListEntries: grpc.handleServerStreamingCall<_fleetblock_v1_ListEntriesRequest__Output, _fleetblock_v1_Claim>;
  
  ListHosts: grpc.handleUnaryCall<_fleetblock_v1_ListHostsRequest__Output, _fleetblock_v1_ListHostsReply>;
  
  /**
   * Removes the claims that one origin holds on these very prefixes. Never removes a covering or an inner prefix.
   */
  Unblock: grpc.handleUnaryCall<_fleetblock_v1_UnblockRequest__Output, _fleetblock_v1_ChangeReply>;
  
}

export interface OperatorServiceDefinition extends grpc.ServiceDefinition {
  Block: MethodDefinition<_fleetblock_v1_BlockRequest, _fleetblock_v1_ChangeReply, _fleetblock_v1_BlockRequest__Output, _fleetblock_v1_ChangeReply__Output>
  CreateToken: MethodDefinition<_fleetblock_v1_CreateTokenRequest, _fleetblock_v1_CreateTokenReply, _fleetblock_v1_CreateTokenRequest__Output, _fleetblock_v1_CreateTokenReply__Output>
  ListEntries: MethodDefinition<_fleetblock_v1_ListEntriesRequest, _fleetblock_v1_Claim, _fleetblock_v1_ListEntriesRequest__Output, _fleetblock_v1_Claim__Output>
  ListHosts: MethodDefinition<_fleetblock_v1_ListHostsRequest, _fleetblock_v1_ListHostsReply, _fleetblock_v1_ListHostsRequest__Output, _fleetblock_v1_ListHostsReply__Output>
  Unblock: MethodDefinition<_fleetblock_v1_UnblockRequest, _fleetblock_v1_ChangeReply, _fleetblock_v1_UnblockRequest__Output, _fleetblock_v1_ChangeReply__Output>
}
