import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from './fleetblock/v1/Counters.ts';
import type { ErrorDetails as _fleetblock_v1_ErrorDetails, ErrorDetails__Output as _fleetblock_v1_ErrorDetails__Output } from './fleetblock/v1/ErrorDetails.ts';
import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from './fleetblock/v1/Interface.ts';
import type { ListRolloutsReply as _fleetblock_v1_ListRolloutsReply, ListRolloutsReply__Output as _fleetblock_v1_ListRolloutsReply__Output } from './fleetblock/v1/ListRolloutsReply.ts';
import type { ListRolloutsRequest as _fleetblock_v1_ListRolloutsRequest, ListRolloutsRequest__Output as _fleetblock_v1_ListRolloutsRequest__Output } from './fleetblock/v1/ListRolloutsRequest.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from './fleetblock/v1/PackedPrefixes.ts';
import type { ProtectedAddress as _fleetblock_v1_ProtectedAddress, ProtectedAddress__Output as _fleetblock_v1_ProtectedAddress__Output } from './fleetblock/v1/ProtectedAddress.ts';
import type { RefusedPrefix as _fleetblock_v1_RefusedPrefix, RefusedPrefix__Output as _fleetblock_v1_RefusedPrefix__Output } from './fleetblock/v1/RefusedPrefix.ts';
import type { Rollout as _fleetblock_v1_Rollout, Rollout__Output as _fleetblock_v1_Rollout__Output } from './fleetblock/v1/Rollout.ts';
import type { RolloutReply as _fleetblock_v1_RolloutReply, RolloutReply__Output as _fleetblock_v1_RolloutReply__Output } from './fleetblock/v1/RolloutReply.ts';
import type { RolloutRequest as _fleetblock_v1_RolloutRequest, RolloutRequest__Output as _fleetblock_v1_RolloutRequest__Output } from './fleetblock/v1/RolloutRequest.ts';
import type { RolloutServiceClient as _fleetblock_v1_RolloutServiceClient, RolloutServiceDefinition as _fleetblock_v1_RolloutServiceDefinition } from './fleetblock/v1/RolloutService.ts';
import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from './fleetblock/v1/Selector.ts';
import type { Source as _fleetblock_v1_Source, Source__Output as _fleetblock_v1_Source__Output } from './fleetblock/v1/Source.ts';
import type { Stages as _fleetblock_v1_Stages, Stages__Output as _fleetblock_v1_Stages__Output } from './fleetblock/v1/Stages.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fleetblock: {
    v1: {
      Action: EnumTypeDefinition
      Counters: MessageTypeDefinition<_fleetblock_v1_Counters, _fleetblock_v1_Counters__Output>
      ErrorDetails: MessageTypeDefinition<_fleetblock_v1_ErrorDetails, _fleetblock_v1_ErrorDetails__Output>
      Interface: MessageTypeDefinition<_fleetblock_v1_Interface, _fleetblock_v1_Interface__Output>
      ListRolloutsReply: MessageTypeDefinition<_fleetblock_v1_ListRolloutsReply, _fleetblock_v1_ListRolloutsReply__Output>
      ListRolloutsRequest: MessageTypeDefinition<_fleetblock_v1_ListRolloutsRequest, _fleetblock_v1_ListRolloutsRequest__Output>
      PackedPrefixes: MessageTypeDefinition<_fleetblock_v1_PackedPrefixes, _fleetblock_v1_PackedPrefixes__Output>
      ProtectedAddress: MessageTypeDefinition<_fleetblock_v1_ProtectedAddress, _fleetblock_v1_ProtectedAddress__Output>
      RefusedPrefix: MessageTypeDefinition<_fleetblock_v1_RefusedPrefix, _fleetblock_v1_RefusedPrefix__Output>
      Rollout: MessageTypeDefinition<_fleetblock_v1_Rollout, _fleetblock_v1_Rollout__Output>
      RolloutReply: MessageTypeDefinition<_fleetblock_v1_RolloutReply, _fleetblock_v1_RolloutReply__Output>
      RolloutRequest: MessageTypeDefinition<_fleetblock_v1_RolloutRequest, _fleetblock_v1_RolloutRequest__Output>
      RolloutService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_RolloutServiceClient> & { service: _fleetblock_v1_RolloutServiceDefinition }
      Selector: MessageTypeDefinition<_fleetblock_v1_Selector, _fleetblock_v1_Selector__Output>
      Source: MessageTypeDefinition<_fleetblock_v1_Source, _fleetblock_v1_Source__Output>
      Stages: MessageTypeDefinition<_fleetblock_v1_Stages, _fleetblock_v1_Stages__Output>
    }
  }
}

