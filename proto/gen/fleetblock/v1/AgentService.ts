// Original file: proto/fleetblock/v1/agent.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AgentMessage as _fleetblock_v1_AgentMessage, AgentMessage__Output as _fleetblock_v1_AgentMessage__Output } from '../../fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage as _fleetblock_v1_ControllerMessage, ControllerMessage__Output as _fleetblock_v1_ControllerMessage__Output } from '../../fleetblock/v1/ControllerMessage.ts';

/**
 * Served to agents' certificates only.
 */
export interface AgentServiceClient extends grpc.Client {
  /**
   * One stream for the life of a connection. The agent speaks first (Hello). See docs/sync-protocol.md.
   */
  Sync(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_fleetblock_v1_AgentMessage, _fleetblock_v1_ControllerMessage__Output>;
  Sync(options?: grpc.CallOptions): grpc.ClientDuplexStream<_fleetblock_v1_AgentMessage, _fleetblock_v1_ControllerMessage__Output>;
  /**
   * One stream for the life of a connection. The agent speaks first (Hello). See docs/sync-protocol.md.
   */
  sync(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_fleetblock_v1_AgentMessage, _fleetblock_v1_ControllerMessage__Output>;
  sync(options?: grpc.CallOptions): grpc.ClientDuplexStream<_fleetblock_v1_AgentMessage, _fleetblock_v1_ControllerMessage__Output>;
  
}

/**
 * Served to agents' certificates only.
 */
export interface AgentServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * One stream for the life of a connection. The agent speaks first (Hello). See docs/sync-protocol.md.
   */
  Sync: grpc.handleBidiStreamingCall<_fleetblock_v1_AgentMessage__Output, _fleetblock_v1_ControllerMessage>;
  
}

export interface AgentServiceDefinition extends grpc.ServiceDefinition {
  Sync: MethodDefinition<_fleetblock_v1_AgentMessage, _fleetblock_v1_ControllerMessage, _fleetblock_v1_AgentMessage__Output, _fleetblock_v1_ControllerMessage__Output>
}
