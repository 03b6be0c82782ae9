// Original file: proto/fleetblock/v1/detector.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ListDetectorsReply as _fleetblock_v1_ListDetectorsReply, ListDetectorsReply__Output as _fleetblock_v1_ListDetectorsReply__Output } from '../../fleetblock/v1/ListDetectorsReply.ts';
import type { ListDetectorsRequest as _fleetblock_v1_ListDetectorsRequest, ListDetectorsRequest__Output as _fleetblock_v1_ListDetectorsRequest__Output } from '../../fleetblock/v1/ListDetectorsRequest.ts';
import type { RemoveDetectorReply as _fleetblock_v1_RemoveDetectorReply, RemoveDetectorReply__Output as _fleetblock_v1_RemoveDetectorReply__Output } from '../../fleetblock/v1/RemoveDetectorReply.ts';
import type { RemoveDetectorRequest as _fleetblock_v1_RemoveDetectorRequest, RemoveDetectorRequest__Output as _fleetblock_v1_RemoveDetectorRequest__Output } from '../../fleetblock/v1/RemoveDetectorRequest.ts';
import type { SetDetectorReply as _fleetblock_v1_SetDetectorReply, SetDetectorReply__Output as _fleetblock_v1_SetDetectorReply__Output } from '../../fleetblock/v1/SetDetectorReply.ts';
import type { SetDetectorRequest as _fleetblock_v1_SetDetectorRequest, SetDetectorRequest__Output as _fleetblock_v1_SetDetectorRequest__Output } from '../../fleetblock/v1/SetDetectorRequest.ts';

/**
 * Roles: viewers list, admins change.
 */
export interface DetectorServiceClient extends grpc.Client {
  ListDetectors(argument: _fleetblock_v1_ListDetectorsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  ListDetectors(argument: _fleetblock_v1_ListDetectorsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  ListDetectors(argument: _fleetblock_v1_ListDetectorsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  ListDetectors(argument: _fleetblock_v1_ListDetectorsRequest, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  listDetectors(argument: _fleetblock_v1_ListDetectorsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  listDetectors(argument: _fleetblock_v1_ListDetectorsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  listDetectors(argument: _fleetblock_v1_ListDetectorsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  listDetectors(argument: _fleetblock_v1_ListDetectorsRequest, callback: grpc.requestCallback<_fleetblock_v1_ListDetectorsReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * What was reported under it stays blocked until its end. NOT_FOUND.
   */
  RemoveDetector(argument: _fleetblock_v1_RemoveDetectorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  RemoveDetector(argument: _fleetblock_v1_RemoveDetectorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  RemoveDetector(argument: _fleetblock_v1_RemoveDetectorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  RemoveDetector(argument: _fleetblock_v1_RemoveDetectorRequest, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  /**
   * What was reported under it stays blocked until its end. NOT_FOUND.
   */
  removeDetector(argument: _fleetblock_v1_RemoveDetectorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  removeDetector(argument: _fleetblock_v1_RemoveDetectorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  removeDetector(argument: _fleetblock_v1_RemoveDetectorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  removeDetector(argument: _fleetblock_v1_RemoveDetectorRequest, callback: grpc.requestCallback<_fleetblock_v1_RemoveDetectorReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Takes the place of the policy of the same pattern. INVALID_ARGUMENT: which of its fields, and what it may be.
   */
  SetDetector(argument: _fleetblock_v1_SetDetectorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  SetDetector(argument: _fleetblock_v1_SetDetectorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  SetDetector(argument: _fleetblock_v1_SetDetectorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  SetDetector(argument: _fleetblock_v1_SetDetectorRequest, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  /**
   * Takes the place of the policy of the same pattern. INVALID_ARGUMENT: which of its fields, and what it may be.
   */
  setDetector(argument: _fleetblock_v1_SetDetectorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  setDetector(argument: _fleetblock_v1_SetDetectorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  setDetector(argument: _fleetblock_v1_SetDetectorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  setDetector(argument: _fleetblock_v1_SetDetectorRequest, callback: grpc.requestCallback<_fleetblock_v1_SetDetectorReply__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Roles: viewers list, admins change.
 */
export interface DetectorServiceHandlers extends grpc.UntypedServiceImplementation {
  ListDetectors: grpc.handleUnaryCall<_fleetblock_v1_ListDetectorsRequest__Output, _fleetblock_v1_ListDetectorsReply>;
  
  /**
   * What was reported under it stays blocked until its end. NOT_FOUND.
   */
  RemoveDetector: grpc.handleUnaryCall<_fleetblock_v1_RemoveDetectorRequest__Output, _fleetblock_v1_RemoveDetectorReply>;
  
  /**
   * Takes the place of the policy of the same pattern. INVALID_ARGUMENT: which of its fields, and what it may be.
   */
  SetDetector: grpc.handleUnaryCall<_fleetblock_v1_SetDetectorRequest__Output, _fleetblock_v1_SetDetectorReply>;
  
}

export interface DetectorServiceDefinition extends grpc.ServiceDefinition {
  ListDetectors: MethodDefinition<_fleetblock_v1_ListDetectorsRequest, _fleetblock_v1_ListDetectorsReply, _fleetblock_v1_ListDetectorsRequest__Output, _fleetblock_v1_ListDetectorsReply__Output>
  RemoveDetector: MethodDefinition<_fleetblock_v1_RemoveDetectorRequest, _fleetblock_v1_RemoveDetectorReply, _fleetblock_v1_RemoveDetectorRequest__Output, _fleetblock_v1_RemoveDetectorReply__Output>
  SetDetector: MethodDefinition<_fleetblock_v1_SetDetectorRequest, _fleetblock_v1_SetDetectorReply, _fleetblock_v1_SetDetectorRequest__Output, _fleetblock_v1_SetDetectorReply__Output>
}
