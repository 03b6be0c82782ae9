// Original file: proto/fleetblock/v1/rollouts.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListRolloutsReply as _fleetblock_v1_ListRolloutsReply, ListRolloutsReply__Output as _fleetblock_v1_ListRolloutsReply__Output } from '../../fleetblock/v1/ListRolloutsReply.ts';
import type { ListRolloutsRequest as _fleetblock_v1_ListRolloutsRequest, ListRolloutsRequest__Output as _fleetblock_v1_ListRolloutsRequest__Output } from '../../fleetblock/v1/ListRolloutsRequest.ts';
import type { RolloutReply as _fleetblock_v1_RolloutReply, RolloutReply__Output as _fleetblock_v1_RolloutReply__Output } from '../../fleetblock/v1/RolloutReply.ts';
import type { RolloutRequest as _fleetblock_v1_RolloutRequest, RolloutRequest__Output as _fleetblock_v1_RolloutRequest__Output } from '../../fleetblock/v1/RolloutRequest.ts';

export interface RolloutServiceClient extends grpc.Client {
  /**
   * Undoes it on every host. NOT_FOUND. FAILED_PRECONDITION: it is over.
   */
  AbortRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  AbortRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  AbortRollout(argument: _fleetblock_v1_RolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  AbortRollout(argument: _fleetblock_v1_RolloutRequest, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  /**
   * Undoes it on every host. NOT_FOUND. FAILED_PRECONDITION: it is over.
   */
  abortRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  abortRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  abortRollout(argument: _fleetblock_v1_RolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  abortRollout(argument: _fleetblock_v1_RolloutRequest, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * The open ones and the last that are over, the newest first, in bounded messages.
   */
  ListRolloutChunks(argument: _fleetblock_v1_ListRolloutsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListRolloutsReply__Output>;
  ListRolloutChunks(argument: _fleetblock_v1_ListRolloutsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListRolloutsReply__Output>;
  /**
   * The open ones and the last that are over, the newest first, in bounded messages.
   */
  listRolloutChunks(argument: _fleetblock_v1_ListRolloutsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListRolloutsReply__Output>;
  listRolloutChunks(argument: _fleetblock_v1_ListRolloutsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListRolloutsReply__Output>;
  
  /**
   * It stays at its stage, and is still undone when its hosts get worse. NOT_FOUND. FAILED_PRECONDITION: it is paused or over already.
   */
  PauseRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  PauseRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  PauseRollout(argument: _fleetblock_v1_RolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  PauseRollout(argument: _fleetblock_v1_RolloutRequest, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  /**
   * It stays at its stage, and is still undone when its hosts get worse. NOT_FOUND. FAILED_PRECONDITION: it is paused or over already.
   */
  pauseRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  pauseRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  pauseRollout(argument: _fleetblock_v1_RolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  pauseRollout(argument: _fleetblock_v1_RolloutRequest, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Its stage is watched again from the start, then it goes on. NOT_FOUND. FAILED_PRECONDITION: it is not paused.
   */
  ResumeRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  ResumeRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  ResumeRollout(argument: _fleetblock_v1_RolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  ResumeRollout(argument: _fleetblock_v1_RolloutRequest, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  /**
   * Its stage is watched again from the start, then it goes on. NOT_FOUND. FAILED_PRECONDITION: it is not paused.
   */
  resumeRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  resumeRollout(argument: _fleetblock_v1_RolloutRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  resumeRollout(argument: _fleetblock_v1_RolloutRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  resumeRollout(argument: _fleetblock_v1_RolloutRequest, callback: grpc.requestCallback<_fleetblock_v1_RolloutReply__Output>): grpc.ClientUnaryCall;
  
}

export interface RolloutServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Undoes it on every host. NOT_FOUND. FAILED_PRECONDITION: it is over.
   */
  AbortRollout: grpc.handleUnaryCall<_fleetblock_v1_RolloutRequest__Output, _fleetblock_v1_RolloutReply>;
  
  /**
   * The open ones and the last that are over, the newest first, in bounded messages.
   */
  ListRolloutChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListRolloutsRequest__Output, _fleetblock_v1_ListRolloutsReply>;
  
  /**
   * It stays at its stage, and is still undone when its hosts get worse. NOT_FOUND. FAILED_PRECONDITION: it is paused or over already.
   */
  PauseRollout: grpc.handleUnaryCall<_fleetblock_v1_RolloutRequest__Output, _fleetblock_v1_RolloutReply>;
  
  /**
   * Its stage is watched again from the start, then it goes on. NOT_FOUND. FAILED_PRECONDITION: it is not paused.
   */
  ResumeRollout: grpc.handleUnaryCall<_fleetblock_v1_RolloutRequest__Output, _fleetblock_v1_RolloutReply>;
  
}

export interface RolloutServiceDefinition extends grpc.ServiceDefinition {
  AbortRollout: MethodDefinition<_fleetblock_v1_RolloutRequest, _fleetblock_v1_RolloutReply, _fleetblock_v1_RolloutRequest__Output, _fleetblock_v1_RolloutReply__Output>
  ListRolloutChunks: MethodDefinition<_fleetblock_v1_ListRolloutsRequest, _fleetblock_v1_ListRolloutsReply, _fleetblock_v1_ListRolloutsRequest__Output, _fleetblock_v1_ListRolloutsReply__Output>
  PauseRollout: MethodDefinition<_fleetblock_v1_RolloutRequest, _fleetblock_v1_RolloutReply, _fleetblock_v1_RolloutRequest__Output, _fleetblock_v1_RolloutReply__Output>
  ResumeRollout: MethodDefinition<_fleetblock_v1_RolloutRequest, _fleetblock_v1_RolloutReply, _fleetblock_v1_RolloutRequest__Output, _fleetblock_v1_RolloutReply__Output>
}
