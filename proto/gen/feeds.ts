import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddFeedRequest as _fleetblock_v1_AddFeedRequest, AddFeedRequest__Output as _fleetblock_v1_AddFeedRequest__Output } from './fleetblock/v1/AddFeedRequest.ts';
import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from './fleetblock/v1/Counters.ts';
import type { ErrorDetails as _fleetblock_v1_ErrorDetails, ErrorDetails__Output as _fleetblock_v1_ErrorDetails__Output } from './fleetblock/v1/ErrorDetails.ts';
import type { Feed as _fleetblock_v1_Feed, Feed__Output as _fleetblock_v1_Feed__Output } from './fleetblock/v1/Feed.ts';
import type { FeedReply as _fleetblock_v1_FeedReply, FeedReply__Output as _fleetblock_v1_FeedReply__Output } from './fleetblock/v1/FeedReply.ts';
import type { FeedServiceClient as _fleetblock_v1_FeedServiceClient, FeedServiceDefinition as _fleetblock_v1_FeedServiceDefinition } from './fleetblock/v1/FeedService.ts';
import type { FeedSpec as _fleetblock_v1_FeedSpec, FeedSpec__Output as _fleetblock_v1_FeedSpec__Output } from './fleetblock/v1/FeedSpec.ts';
import type { HeldList as _fleetblock_v1_HeldList, HeldList__Output as _fleetblock_v1_HeldList__Output } from './fleetblock/v1/HeldList.ts';
import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from './fleetblock/v1/Interface.ts';
import type { ListFeedsReply as _fleetblock_v1_ListFeedsReply, ListFeedsReply__Output as _fleetblock_v1_ListFeedsReply__Output } from './fleetblock/v1/ListFeedsReply.ts';
import type { ListFeedsRequest as _fleetblock_v1_ListFeedsRequest, ListFeedsRequest__Output as _fleetblock_v1_ListFeedsRequest__Output } from './fleetblock/v1/ListFeedsRequest.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from './fleetblock/v1/PackedPrefixes.ts';
import type { PauseFeedRequest as _fleetblock_v1_PauseFeedRequest, PauseFeedRequest__Output as _fleetblock_v1_PauseFeedRequest__Output } from './fleetblock/v1/PauseFeedRequest.ts';
import type { ProtectedAddress as _fleetblock_v1_ProtectedAddress, ProtectedAddress__Output as _fleetblock_v1_ProtectedAddress__Output } from './fleetblock/v1/ProtectedAddress.ts';
import type { RefreshFeedRequest as _fleetblock_v1_RefreshFeedRequest, RefreshFeedRequest__Output as _fleetblock_v1_RefreshFeedRequest__Output } from './fleetblock/v1/RefreshFeedRequest.ts';
import type { RefusedPrefix as _fleetblock_v1_RefusedPrefix, RefusedPrefix__Output as _fleetblock_v1_RefusedPrefix__Output } from './fleetblock/v1/RefusedPrefix.ts';
import type { RemoveFeedReply as _fleetblock_v1_RemoveFeedReply, RemoveFeedReply__Output as _fleetblock_v1_RemoveFeedReply__Output } from './fleetblock/v1/RemoveFeedReply.ts';
import type { RemoveFeedRequest as _fleetblock_v1_RemoveFeedRequest, RemoveFeedRequest__Output as _fleetblock_v1_RemoveFeedRequest__Output } from './fleetblock/v1/RemoveFeedRequest.ts';
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
      AddFeedRequest: MessageTypeDefinition<_fleetblock_v1_AddFeedRequest, _fleetblock_v1_AddFeedRequest__Output>
      Counters: MessageTypeDefinition<_fleetblock_v1_Counters, _fleetblock_v1_Counters__Output>
      ErrorDetails: MessageTypeDefinition<_fleetblock_v1_ErrorDetails, _fleetblock_v1_ErrorDetails__Output>
      Feed: MessageTypeDefinition<_fleetblock_v1_Feed, _fleetblock_v1_Feed__Output>
      FeedReply: MessageTypeDefinition<_fleetblock_v1_FeedReply, _fleetblock_v1_FeedReply__Output>
      FeedService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_FeedServiceClient> & { service: _fleetblock_v1_FeedServiceDefinition }
      FeedSpec: MessageTypeDefinition<_fleetblock_v1_FeedSpec, _fleetblock_v1_FeedSpec__Output>
      HeldList: MessageTypeDefinition<_fleetblock_v1_HeldList, _fleetblock_v1_HeldList__Output>
      Interface: MessageTypeDefinition<_fleetblock_v1_Interface, _fleetblock_v1_Interface__Output>
      ListFeedsReply: MessageTypeDefinition<_fleetblock_v1_ListFeedsReply, _fleetblock_v1_ListFeedsReply__Output>
      ListFeedsRequest: MessageTypeDefinition<_fleetblock_v1_ListFeedsRequest, _fleetblock_v1_ListFeedsRequest__Output>
      PackedPrefixes: MessageTypeDefinition<_fleetblock_v1_PackedPrefixes, _fleetblock_v1_PackedPrefixes__Output>
      PauseFeedRequest: MessageTypeDefinition<_fleetblock_v1_PauseFeedRequest, _fleetblock_v1_PauseFeedRequest__Output>
      ProtectedAddress: MessageTypeDefinition<_fleetblock_v1_ProtectedAddress, _fleetblock_v1_ProtectedAddress__Output>
      RefreshFeedRequest: MessageTypeDefinition<_fleetblock_v1_RefreshFeedRequest, _fleetblock_v1_RefreshFeedRequest__Output>
      RefusedPrefix: MessageTypeDefinition<_fleetblock_v1_RefusedPrefix, _fleetblock_v1_RefusedPrefix__Output>
      RemoveFeedReply: MessageTypeDefinition<_fleetblock_v1_RemoveFeedReply, _fleetblock_v1_RemoveFeedReply__Output>
      RemoveFeedRequest: MessageTypeDefinition<_fleetblock_v1_RemoveFeedRequest, _fleetblock_v1_RemoveFeedRequest__Output>
      Selector: MessageTypeDefinition<_fleetblock_v1_Selector, _fleetblock_v1_Selector__Output>
      Source: MessageTypeDefinition<_fleetblock_v1_Source, _fleetblock_v1_Source__Output>
      Stages: MessageTypeDefinition<_fleetblock_v1_Stages, _fleetblock_v1_Stages__Output>
    }
  }
}

