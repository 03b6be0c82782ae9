// Original file: proto/fleetblock/v1/hooks.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddHookRequest as _fleetblock_v1_AddHookRequest, AddHookRequest__Output as _fleetblock_v1_AddHookRequest__Output } from '../../fleetblock/v1/AddHookRequest.ts';
import type { Hook as _fleetblock_v1_Hook, Hook__Output as _fleetblock_v1_Hook__Output } from '../../fleetblock/v1/Hook.ts';
import type { ListHooksReply as _fleetblock_v1_ListHooksReply, ListHooksReply__Output as _fleetblock_v1_ListHooksReply__Output } from '../../fleetblock/v1/ListHooksReply.ts';
import type { ListHooksRequest as _fleetblock_v1_ListHooksRequest, ListHooksRequest__Output as _fleetblock_v1_ListHooksRequest__Output } from '../../fleetblock/v1/ListHooksRequest.ts';
import type { RemoveHookRequest as _fleetblock_v1_RemoveHookRequest, RemoveHookRequest__Output as _fleetblock_v1_RemoveHookRequest__Output } from '../../fleetblock/v1/RemoveHookRequest.ts';

/**
 * Roles: viewers list, admins change.
 */
export interface HookServiceClient extends grpc.Client {
  /**
   * INVALID_ARGUMENT: which of its fields, and what it may be. ALREADY_EXISTS: without `replace`.
   */
  AddHook(argument: _fleetblock_v1_AddHookRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  AddHook(argument: _fleetblock_v1_AddHookRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  AddHook(argument: _fleetblock_v1_AddHookRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  AddHook(argument: _fleetblock_v1_AddHookRequest, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  /**
   * INVALID_ARGUMENT: which of its fields, and what it may be. ALREADY_EXISTS: without `replace`.
   */
  addHook(argument: _fleetblock_v1_AddHookRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  addHook(argument: _fleetblock_v1_AddHookRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  addHook(argument: _fleetblock_v1_AddHookRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  addHook(argument: _fleetblock_v1_AddHookRequest, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  
  ListHooks(argument: _fleetblock_v1_ListHooksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  ListHooks(argument: _fleetblock_v1_ListHooksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  ListHooks(argument: _fleetblock_v1_ListHooksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  ListHooks(argument: _fleetblock_v1_ListHooksRequest, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  listHooks(argument: _fleetblock_v1_ListHooksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  listHooks(argument: _fleetblock_v1_ListHooksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  listHooks(argument: _fleetblock_v1_ListHooksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  listHooks(argument: _fleetblock_v1_ListHooksRequest, callback: grpc.requestCallback<_fleetblock_v1_ListHooksReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * What was reported by it stays blocked until its end. NOT_FOUND.
   */
  RemoveHook(argument: _fleetblock_v1_RemoveHookRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  RemoveHook(argument: _fleetblock_v1_RemoveHookRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  RemoveHook(argument: _fleetblock_v1_RemoveHookRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  RemoveHook(argument: _fleetblock_v1_RemoveHookRequest, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  /**
   * What was reported by it stays blocked until its end. NOT_FOUND.
   */
  removeHook(argument: _fleetblock_v1_RemoveHookRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  removeHook(argument: _fleetblock_v1_RemoveHookRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  removeHook(argument: _fleetblock_v1_RemoveHookRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  removeHook(argument: _fleetblock_v1_RemoveHookRequest, callback: grpc.requestCallback<_fleetblock_v1_Hook__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Roles: viewers list, admins change.
 */
export interface HookServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * INVALID_ARGUMENT: which of its fields, and what it may be. ALREADY_EXISTS: without `replace`.
   */
  AddHook: grpc.handleUnaryCall<_fleetblock_v1_AddHookRequest__Output, _fleetblock_v1_Hook>;
  
  ListHooks: grpc.handleUnaryCall<_fleetblock_v1_ListHooksRequest__Output, _fleetblock_v1_ListHooksReply>;
  
  /**
   * What was reported by it stays blocked until its end. NOT_FOUND.
   */
  RemoveHook: grpc.handleUnaryCall<_fleetblock_v1_RemoveHookRequest__Output, _fleetblock_v1_Hook>;
  
}

export interface HookServiceDefinition extends grpc.ServiceDefinition {
  AddHook: MethodDefinition<_fleetblock_v1_AddHookRequest, _fleetblock_v1_Hook, _fleetblock_v1_AddHookRequest__Output, _fleetblock_v1_Hook__Output>
  ListHooks: MethodDefinition<_fleetblock_v1_ListHooksRequest, _fleetblock_v1_ListHooksReply, _fleetblock_v1_ListHooksRequest__Output, _fleetblock_v1_ListHooksReply__Output>
  RemoveHook: MethodDefinition<_fleetblock_v1_RemoveHookRequest, _fleetblock_v1_Hook, _fleetblock_v1_RemoveHookRequest__Output, _fleetblock_v1_Hook__Output>
}
