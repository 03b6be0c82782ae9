import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { BlockRequest as _fleetblock_v1_BlockRequest, BlockRequest__Output as _fleetblock_v1_BlockRequest__Output } from './fleetblock/v1/BlockRequest.ts';
import type { ChangeReply as _fleetblock_v1_ChangeReply, ChangeReply__Output as _fleetblock_v1_ChangeReply__Output } from './fleetblock/v1/ChangeReply.ts';
import type { Claim as _fleetblock_v1_Claim, Claim__Output as _fleetblock_v1_Claim__Output } from './fleetblock/v1/Claim.ts';
import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from './fleetblock/v1/Counters.ts';
import type { CreateTokenReply as _fleetblock_v1_CreateTokenReply, CreateTokenReply__Output as _fleetblock_v1_CreateTokenReply__Output } from './fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest as _fleetblock_v1_CreateTokenRequest, CreateTokenRequest__Output as _fleetblock_v1_CreateTokenRequest__Output } from './fleetblock/v1/CreateTokenRequest.ts';
import type { Host as _fleetblock_v1_Host, Host__Output as _fleetblock_v1_Host__Output } from './fleetblock/v1/Host.ts';
import type { HostFailure as _fleetblock_v1_HostFailure, HostFailure__Output as _fleetblock_v1_HostFailure__Output } from './fleetblock/v1/HostFailure.ts';
import type { HostOutcomes as _fleetblock_v1_HostOutcomes, HostOutcomes__Output as _fleetblock_v1_HostOutcomes__Output } from './fleetblock/v1/HostOutcomes.ts';
import type { HostPending as _fleetblock_v1_HostPending, HostPending__Output as _fleetblock_v1_HostPending__Output } from './fleetblock/v1/HostPending.ts';
import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from './fleetblock/v1/Interface.ts';
import type { ListEntriesRequest as _fleetblock_v1_ListEntriesRequest, ListEntriesRequest__Output as _fleetblock_v1_ListEntriesRequest__Output } from './fleetblock/v1/ListEntriesRequest.ts';
import type { ListHostsReply as _fleetblock_v1_ListHostsReply, ListHostsReply__Output as _fleetblock_v1_ListHostsReply__Output } from './fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest as _fleetblock_v1_ListHostsRequest, ListHostsRequest__Output as _fleetblock_v1_ListHostsRequest__Output } from './fleetblock/v1/ListHostsRequest.ts';
import type { OperatorServiceClient as _fleetblock_v1_OperatorServiceClient, OperatorServiceDefinition as _fleetblock_v1_OperatorServiceDefinition } from './fleetblock/v1/OperatorService.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from './fleetblock/v1/PackedPrefixes.ts';
import type { PrefixOutcome as _fleetblock_v1_PrefixOutcome, PrefixOutcome__Output as _fleetblock_v1_PrefixOutcome__Output } from './fleetblock/v1/PrefixOutcome.ts';
import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from './fleetblock/v1/Selector.ts';
import type { UnblockRequest as _fleetblock_v1_UnblockRequest, UnblockRequest__Output as _fleetblock_v1_UnblockRequest__Output } from './fleetblock/v1/UnblockRequest.ts';
import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from './fleetblock/v1/Wait.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fleetblock: {
    v1: {
      Action: EnumTypeDefinition
      BlockRequest: MessageTypeDefinition<_fleetblock_v1_BlockRequest, _fleetblock_v1_BlockRequest__Output>
      ChangeReply: MessageTypeDefinition<_fleetblock_v1_ChangeReply, _fleetblock_v1_ChangeReply__Output>
      Claim: MessageTypeDefinition<_fleetblock_v1_Claim, _fleetblock_v1_Claim__Output>
      Counters: MessageTypeDefinition<_fleetblock_v1_Counters, _fleetblock_v1_Counters__Output>
      CreateTokenReply: MessageTypeDefinition<_fleetblock_v1_CreateTokenReply, _fleetblock_v1_CreateTokenReply__Output>
      CreateTokenRequest: MessageTypeDefinition<_fleetblock_v1_CreateTokenRequest, _fleetblock_v1_CreateTokenRequest__Output>
      Host: MessageTypeDefinition<_fleetblock_v1_Host, _fleetblock_v1_Host__Output>
      HostFailure: MessageTypeDefinition<_fleetblock_v1_HostFailure, _fleetblock_v1_HostFailure__Output>
      HostOutcomes: MessageTypeDefinition<_fleetblock_v1_HostOutcomes, _fleetblock_v1_HostOutcomes__Output>
      HostPending: MessageTypeDefinition<_fleetblock_v1_HostPending, _fleetblock_v1_HostPending__Output>
      Interface: MessageTypeDefinition<_fleetblock_v1_Interface, _fleetblock_v1_Interface__Output>
      ListEntriesRequest: MessageTypeDefinition<_fleetblock_v1_ListEntriesRequest, _fleetblock_v1_ListEntriesRequest__Output>
      ListHostsReply: MessageTypeDefinition<_fleetblock_v1_ListHostsReply, _fleetblock_v1_ListHostsReply__Output>
      ListHostsRequest: MessageTypeDefinition<_fleetblock_v1_ListHostsRequest, _fleetblock_v1_ListHostsRequest__Output>
      OperatorService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_OperatorServiceClient> & { service: _fleetblock_v1_OperatorServiceDefinition }
      PackedPrefixes: MessageTypeDefinition<_fleetblock_v1_PackedPrefixes, _fleetblock_v1_PackedPrefixes__Output>
      PrefixOutcome: MessageTypeDefinition<_fleetblock_v1_PrefixOutcome, _fleetblock_v1_PrefixOutcome__Output>
      Selector: MessageTypeDefinition<_fleetblock_v1_Selector, _fleetblock_v1_Selector__Output>
      UnblockRequest: MessageTypeDefinition<_fleetblock_v1_UnblockRequest, _fleetblock_v1_UnblockRequest__Output>
      Wait: MessageTypeDefinition<_fleetblock_v1_Wait, _fleetblock_v1_Wait__Output>
    }
  }
}

