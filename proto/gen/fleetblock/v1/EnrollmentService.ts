// Original file: proto/fleetblock/v1/agent.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { EnrollOperatorRequest as _fleetblock_v1_EnrollOperatorRequest, EnrollOperatorRequest__Output as _fleetblock_v1_EnrollOperatorRequest__Output } from '../../fleetblock/v1/EnrollOperatorRequest.ts';
import type { EnrollOperatorResponse as _fleetblock_v1_EnrollOperatorResponse, EnrollOperatorResponse__Output as _fleetblock_v1_EnrollOperatorResponse__Output } from '../../fleetblock/v1/EnrollOperatorResponse.ts';
import type { EnrollRequest as _fleetblock_v1_EnrollRequest, EnrollRequest__Output as _fleetblock_v1_EnrollRequest__Output } from '../../fleetblock/v1/EnrollRequest.ts';
import type { EnrollResponse as _fleetblock_v1_EnrollResponse, EnrollResponse__Output as _fleetblock_v1_EnrollResponse__Output } from '../../fleetblock/v1/EnrollResponse.ts';

/**
 * Served without a client certificate: the one call that a host makes before it has one.
 */
export interface EnrollmentServiceClient extends grpc.Client {
  /**
   * Exchanges an enrollment token for a host certificate. The client has checked the token's pin against the
   * controller's certificate before it sends the secret.
   * UNAUTHENTICATED: unknown, used, revoked or expired token. ALREADY_EXISTS: the host name is taken.
   * The same key may ask again while the token lives, when the answer was lost.
   */
  Enroll(argument: _fleetblock_v1_EnrollRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  Enroll(argument: _fleetblock_v1_EnrollRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  Enroll(argument: _fleetblock_v1_EnrollRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  Enroll(argument: _fleetblock_v1_EnrollRequest, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Exchanges an enrollment token for a host certificate. The client has checked the token's pin against the
   * controller's certificate before it sends the secret.
   * UNAUTHENTICATED: unknown, used, revoked or expired token. ALREADY_EXISTS: the host name is taken.
   * The same key may ask again while the token lives, when the answer was lost.
   */
  enroll(argument: _fleetblock_v1_EnrollRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  enroll(argument: _fleetblock_v1_EnrollRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  enroll(argument: _fleetblock_v1_EnrollRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  enroll(argument: _fleetblock_v1_EnrollRequest, callback: grpc.requestCallback<_fleetblock_v1_EnrollResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The same for a person or a program: a one-time token for a certificate. UNAUTHENTICATED: unknown, used or expired token.
   */
  EnrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  EnrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  EnrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  EnrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The same for a person or a program: a one-time token for a certificate. UNAUTHENTICATED: unknown, used or expired token.
   */
  enrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  enrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  enrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  enrollOperator(argument: _fleetblock_v1_EnrollOperatorRequest, callback: grpc.requestCallback<_fleetblock_v1_EnrollOperatorResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Served without a client certificate: the one call that a host makes before it has one.
 */
export interface EnrollmentServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Exchanges an enrollment token for a host certificate. The client has checked the token's pin against the
   * controller's certificate before it sends the secret.
   * UNAUTHENTICATED: unknown, used, revoked or expired token. ALREADY_EXISTS: the host name is taken.
   * The same key may ask again while the token lives, when the answer was lost.
   */
  Enroll: grpc.handleUnaryCall<_fleetblock_v1_EnrollRequest__Output, _fleetblock_v1_EnrollResponse>;
  
  /**
   * The same for a person or a program: a one-time token for a certificate. UNAUTHENTICATED: unknown, used or expired token.
   */
  EnrollOperator: grpc.handleUnaryCall<_fleetblock_v1_EnrollOperatorRequest__Output, _fleetblock_v1_EnrollOperatorResponse>;
  
}

export interface EnrollmentServiceDefinition extends grpc.ServiceDefinition {
  Enroll: MethodDefinition<_fleetblock_v1_EnrollRequest, _fleetblock_v1_EnrollResponse, _fleetblock_v1_EnrollRequest__Output, _fleetblock_v1_EnrollResponse__Output>
  EnrollOperator: MethodDefinition<_fleetblock_v1_EnrollOperatorRequest, _fleetblock_v1_EnrollOperatorResponse, _fleetblock_v1_EnrollOperatorRequest__Output, _fleetblock_v1_EnrollOperatorResponse__Output>
}
