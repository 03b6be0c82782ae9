import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AuditEntry as _fleetblock_v1_AuditEntry, AuditEntry__Output as _fleetblock_v1_AuditEntry__Output } from './fleetblock/v1/AuditEntry.ts';
import type { BlockRequest as _fleetblock_v1_BlockRequest, BlockRequest__Output as _fleetblock_v1_BlockRequest__Output } from './fleetblock/v1/BlockRequest.ts';
import type { ChangeReply as _fleetblock_v1_ChangeReply, ChangeReply__Output as _fleetblock_v1_ChangeReply__Output } from './fleetblock/v1/ChangeReply.ts';
import type { CheckReply as _fleetblock_v1_CheckReply, CheckReply__Output as _fleetblock_v1_CheckReply__Output } from './fleetblock/v1/CheckReply.ts';
import type { CheckRequest as _fleetblock_v1_CheckRequest, CheckRequest__Output as _fleetblock_v1_CheckRequest__Output } from './fleetblock/v1/CheckRequest.ts';
import type { CheckWaitReply as _fleetblock_v1_CheckWaitReply, CheckWaitReply__Output as _fleetblock_v1_CheckWaitReply__Output } from './fleetblock/v1/CheckWaitReply.ts';
import type { CheckWaitRequest as _fleetblock_v1_CheckWaitRequest, CheckWaitRequest__Output as _fleetblock_v1_CheckWaitRequest__Output } from './fleetblock/v1/CheckWaitRequest.ts';
import type { Claim as _fleetblock_v1_Claim, Claim__Output as _fleetblock_v1_Claim__Output } from './fleetblock/v1/Claim.ts';
import type { ConfirmRequest as _fleetblock_v1_ConfirmRequest, ConfirmRequest__Output as _fleetblock_v1_ConfirmRequest__Output } from './fleetblock/v1/ConfirmRequest.ts';
import type { Confirmation as _fleetblock_v1_Confirmation, Confirmation__Output as _fleetblock_v1_Confirmation__Output } from './fleetblock/v1/Confirmation.ts';
import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from './fleetblock/v1/Counters.ts';
import type { CreateTokenReply as _fleetblock_v1_CreateTokenReply, CreateTokenReply__Output as _fleetblock_v1_CreateTokenReply__Output } from './fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest as _fleetblock_v1_CreateTokenRequest, CreateTokenRequest__Output as _fleetblock_v1_CreateTokenRequest__Output } from './fleetblock/v1/CreateTokenRequest.ts';
import type { Drop as _fleetblock_v1_Drop, Drop__Output as _fleetblock_v1_Drop__Output } from './fleetblock/v1/Drop.ts';
import type { DropReport as _fleetblock_v1_DropReport, DropReport__Output as _fleetblock_v1_DropReport__Output } from './fleetblock/v1/DropReport.ts';
import type { EntriesChunk as _fleetblock_v1_EntriesChunk, EntriesChunk__Output as _fleetblock_v1_EntriesChunk__Output } from './fleetblock/v1/EntriesChunk.ts';
import type { ErrorDetails as _fleetblock_v1_ErrorDetails, ErrorDetails__Output as _fleetblock_v1_ErrorDetails__Output } from './fleetblock/v1/ErrorDetails.ts';
import type { Event as _fleetblock_v1_Event, Event__Output as _fleetblock_v1_Event__Output } from './fleetblock/v1/Event.ts';
import type { ExportChunk as _fleetblock_v1_ExportChunk, ExportChunk__Output as _fleetblock_v1_ExportChunk__Output } from './fleetblock/v1/ExportChunk.ts';
import type { ExportRequest as _fleetblock_v1_ExportRequest, ExportRequest__Output as _fleetblock_v1_ExportRequest__Output } from './fleetblock/v1/ExportRequest.ts';
import type { Host as _fleetblock_v1_Host, Host__Output as _fleetblock_v1_Host__Output } from './fleetblock/v1/Host.ts';
import type { HostCheck as _fleetblock_v1_HostCheck, HostCheck__Output as _fleetblock_v1_HostCheck__Output } from './fleetblock/v1/HostCheck.ts';
import type { HostFailure as _fleetblock_v1_HostFailure, HostFailure__Output as _fleetblock_v1_HostFailure__Output } from './fleetblock/v1/HostFailure.ts';
import type { HostOutcomes as _fleetblock_v1_HostOutcomes, HostOutcomes__Output as _fleetblock_v1_HostOutcomes__Output } from './fleetblock/v1/HostOutcomes.ts';
import type { HostPending as _fleetblock_v1_HostPending, HostPending__Output as _fleetblock_v1_HostPending__Output } from './fleetblock/v1/HostPending.ts';
import type { ImportBegin as _fleetblock_v1_ImportBegin, ImportBegin__Output as _fleetblock_v1_ImportBegin__Output } from './fleetblock/v1/ImportBegin.ts';
import type { ImportListRequest as _fleetblock_v1_ImportListRequest, ImportListRequest__Output as _fleetblock_v1_ImportListRequest__Output } from './fleetblock/v1/ImportListRequest.ts';
import type { IncludeInListRequest as _fleetblock_v1_IncludeInListRequest, IncludeInListRequest__Output as _fleetblock_v1_IncludeInListRequest__Output } from './fleetblock/v1/IncludeInListRequest.ts';
import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from './fleetblock/v1/Interface.ts';
import type { LabelHostReply as _fleetblock_v1_LabelHostReply, LabelHostReply__Output as _fleetblock_v1_LabelHostReply__Output } from './fleetblock/v1/LabelHostReply.ts';
import type { LabelHostRequest as _fleetblock_v1_LabelHostRequest, LabelHostRequest__Output as _fleetblock_v1_LabelHostRequest__Output } from './fleetblock/v1/LabelHostRequest.ts';
import type { List as _fleetblock_v1_List, List__Output as _fleetblock_v1_List__Output } from './fleetblock/v1/List.ts';
import type { ListAuditRequest as _fleetblock_v1_ListAuditRequest, ListAuditRequest__Output as _fleetblock_v1_ListAuditRequest__Output } from './fleetblock/v1/ListAuditRequest.ts';
import type { ListChangeReply as _fleetblock_v1_ListChangeReply, ListChangeReply__Output as _fleetblock_v1_ListChangeReply__Output } from './fleetblock/v1/ListChangeReply.ts';
import type { ListConfirmationsReply as _fleetblock_v1_ListConfirmationsReply, ListConfirmationsReply__Output as _fleetblock_v1_ListConfirmationsReply__Output } from './fleetblock/v1/ListConfirmationsReply.ts';
import type { ListConfirmationsRequest as _fleetblock_v1_ListConfirmationsRequest, ListConfirmationsRequest__Output as _fleetblock_v1_ListConfirmationsRequest__Output } from './fleetblock/v1/ListConfirmationsRequest.ts';
import type { ListEntriesRequest as _fleetblock_v1_ListEntriesRequest, ListEntriesRequest__Output as _fleetblock_v1_ListEntriesRequest__Output } from './fleetblock/v1/ListEntriesRequest.ts';
import type { ListException as _fleetblock_v1_ListException, ListException__Output as _fleetblock_v1_ListException__Output } from './fleetblock/v1/ListException.ts';
import type { ListExceptionsRequest as _fleetblock_v1_ListExceptionsRequest, ListExceptionsRequest__Output as _fleetblock_v1_ListExceptionsRequest__Output } from './fleetblock/v1/ListExceptionsRequest.ts';
import type { ListHostsReply as _fleetblock_v1_ListHostsReply, ListHostsReply__Output as _fleetblock_v1_ListHostsReply__Output } from './fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest as _fleetblock_v1_ListHostsRequest, ListHostsRequest__Output as _fleetblock_v1_ListHostsRequest__Output } from './fleetblock/v1/ListHostsRequest.ts';
import type { ListListsReply as _fleetblock_v1_ListListsReply, ListListsReply__Output as _fleetblock_v1_ListListsReply__Output } from './fleetblock/v1/ListListsReply.ts';
import type { ListListsRequest as _fleetblock_v1_ListListsRequest, ListListsRequest__Output as _fleetblock_v1_ListListsRequest__Output } from './fleetblock/v1/ListListsRequest.ts';
import type { ListObjection as _fleetblock_v1_ListObjection, ListObjection__Output as _fleetblock_v1_ListObjection__Output } from './fleetblock/v1/ListObjection.ts';
import type { OperatorServiceClient as _fleetblock_v1_OperatorServiceClient, OperatorServiceDefinition as _fleetblock_v1_OperatorServiceDefinition } from './fleetblock/v1/OperatorService.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from './fleetblock/v1/PackedPrefixes.ts';
import type { PrefixOutcome as _fleetblock_v1_PrefixOutcome, PrefixOutcome__Output as _fleetblock_v1_PrefixOutcome__Output } from './fleetblock/v1/PrefixOutcome.ts';
import type { ProtectedAddress as _fleetblock_v1_ProtectedAddress, ProtectedAddress__Output as _fleetblock_v1_ProtectedAddress__Output } from './fleetblock/v1/ProtectedAddress.ts';
import type { RefusedPrefix as _fleetblock_v1_RefusedPrefix, RefusedPrefix__Output as _fleetblock_v1_RefusedPrefix__Output } from './fleetblock/v1/RefusedPrefix.ts';
import type { RemoveListRequest as _fleetblock_v1_RemoveListRequest, RemoveListRequest__Output as _fleetblock_v1_RemoveListRequest__Output } from './fleetblock/v1/RemoveListRequest.ts';
import type { ResyncHostsReply as _fleetblock_v1_ResyncHostsReply, ResyncHostsReply__Output as _fleetblock_v1_ResyncHostsReply__Output } from './fleetblock/v1/ResyncHostsReply.ts';
import type { ResyncHostsRequest as _fleetblock_v1_ResyncHostsRequest, ResyncHostsRequest__Output as _fleetblock_v1_ResyncHostsRequest__Output } from './fleetblock/v1/ResyncHostsRequest.ts';
import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from './fleetblock/v1/Selector.ts';
import type { SkippedRow as _fleetblock_v1_SkippedRow, SkippedRow__Output as _fleetblock_v1_SkippedRow__Output } from './fleetblock/v1/SkippedRow.ts';
import type { Source as _fleetblock_v1_Source, Source__Output as _fleetblock_v1_Source__Output } from './fleetblock/v1/Source.ts';
import type { Stages as _fleetblock_v1_Stages, Stages__Output as _fleetblock_v1_Stages__Output } from './fleetblock/v1/Stages.ts';
import type { UnblockRequest as _fleetblock_v1_UnblockRequest, UnblockRequest__Output as _fleetblock_v1_UnblockRequest__Output } from './fleetblock/v1/UnblockRequest.ts';
import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from './fleetblock/v1/Wait.ts';
import type { WatchDropsRequest as _fleetblock_v1_WatchDropsRequest, WatchDropsRequest__Output as _fleetblock_v1_WatchDropsRequest__Output } from './fleetblock/v1/WatchDropsRequest.ts';
import type { WatchEventsRequest as _fleetblock_v1_WatchEventsRequest, WatchEventsRequest__Output as _fleetblock_v1_WatchEventsRequest__Output } from './fleetblock/v1/WatchEventsRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fleetblock: {
    v1: {
      Action: EnumTypeDefinition
      AuditEntry: MessageTypeDefinition<_fleetblock_v1_AuditEntry, _fleetblock_v1_AuditEntry__Output>
      BlockRequest: MessageTypeDefinition<_fleetblock_v1_BlockRequest, _fleetblock_v1_BlockRequest__Output>
      ChangeReply: MessageTypeDefinition<_fleetblock_v1_ChangeReply, _fleetblock_v1_ChangeReply__Output>
      CheckReply: MessageTypeDefinition<_fleetblock_v1_CheckReply, _fleetblock_v1_CheckReply__Output>
      CheckRequest: MessageTypeDefinition<_fleetblock_v1_CheckRequest, _fleetblock_v1_CheckRequest__Output>
      CheckWaitReply: MessageTypeDefinition<_fleetblock_v1_CheckWaitReply, _fleetblock_v1_CheckWaitReply__Output>
      CheckWaitRequest: MessageTypeDefinition<_fleetblock_v1_CheckWaitRequest, _fleetblock_v1_CheckWaitRequest__Output>
      Claim: MessageTypeDefinition<_fleetblock_v1_Claim, _fleetblock_v1_Claim__Output>
      ConfirmRequest: MessageTypeDefinition<_fleetblock_v1_ConfirmRequest, _fleetblock_v1_ConfirmRequest__Output>
      Confirmation: MessageTypeDefinition<_fleetblock_v1_Confirmation, _fleetblock_v1_Confirmation__Output>
      Counters: MessageTypeDefinition<_fleetblock_v1_Counters, _fleetblock_v1_Counters__Output>
      CreateTokenReply: MessageTypeDefinition<_fleetblock_v1_CreateTokenReply, _fleetblock_v1_CreateTokenReply__Output>
      CreateTokenRequest: MessageTypeDefinition<_fleetblock_v1_CreateTokenRequest, _fleetblock_v1_CreateTokenRequest__Output>
      Drop: MessageTypeDefinition<_fleetblock_v1_Drop, _fleetblock_v1_Drop__Output>
      DropReport: MessageTypeDefinition<_fleetblock_v1_DropReport, _fleetblock_v1_DropReport__Output>
      EntriesChunk: MessageTypeDefinition<_fleetblock_v1_EntriesChunk, _fleetblock_v1_EntriesChunk__Output>
      ErrorDetails: MessageTypeDefinition<_fleetblock_v1_ErrorDetails, _fleetblock_v1_ErrorDetails__Output>
      Event: MessageTypeDefinition<_fleetblock_v1_Event, _fleetblock_v1_Event__Output>
      ExportChunk: MessageTypeDefinition<_fleetblock_v1_ExportChunk, _fleetblock_v1_ExportChunk__Output>
      ExportRequest: MessageTypeDefinition<_fleetblock_v1_ExportRequest, _fleetblock_v1_ExportRequest__Output>
      Host: MessageTypeDefinition<_fleetblock_v1_Host, _fleetblock_v1_Host__Output>
      HostCheck: MessageTypeDefinition<_fleetblock_v1_HostCheck, _fleetblock_v1_HostCheck__Output>
      HostFailure: MessageTypeDefinition<_fleetblock_v1_HostFailure, _fleetblock_v1_HostFailure__Output>
      HostOutcomes: MessageTypeDefinition<_fleetblock_v1_HostOutcomes, _fleetblock_v1_HostOutcomes__Output>
      HostPending: MessageTypeDefinition<_fleetblock_v1_HostPending, _fleetblock_v1_HostPending__Output>
      ImportBegin: MessageTypeDefinition<_fleetblock_v1_ImportBegin, _fleetblock_v1_ImportBegin__Output>
      ImportListRequest: MessageTypeDefinition<_fleetblock_v1_ImportListRequest, _fleetblock_v1_ImportListRequest__Output>
      IncludeInListRequest: MessageTypeDefinition<_fleetblock_v1_IncludeInListRequest, _fleetblock_v1_IncludeInListRequest__Output>
      Interface: MessageTypeDefinition<_fleetblock_v1_Interface, _fleetblock_v1_Interface__Output>
      LabelHostReply: MessageTypeDefinition<_fleetblock_v1_LabelHostReply, _fleetblock_v1_LabelHostReply__Output>
      LabelHostRequest: MessageTypeDefinition<_fleetblock_v1_LabelHostRequest, _fleetblock_v1_LabelHostRequest__Output>
      List: MessageTypeDefinition<_fleetblock_v1_List, _fleetblock_v1_List__Output>
      ListAuditRequest: MessageTypeDefinition<_fleetblock_v1_ListAuditRequest, _fleetblock_v1_ListAuditRequest__Output>
      ListChangeReply: MessageTypeDefinition<_fleetblock_v1_ListChangeReply, _fleetblock_v1_ListChangeReply__Output>
      ListConfirmationsReply: MessageTypeDefinition<_fleetblock_v1_ListConfirmationsReply, _fleetblock_v1_ListConfirmationsReply__Output>
      ListConfirmationsRequest: MessageTypeDefinition<_fleetblock_v1_ListConfirmationsRequest, _fleetblock_v1_ListConfirmationsRequest__Output>
      ListEntriesRequest: MessageTypeDefinition<_fleetblock_v1_ListEntriesRequest, _fleetblock_v1_ListEntriesRequest__Output>
      ListException: MessageTypeDefinition<_fleetblock_v1_ListException, _fleetblock_v1_ListException__Output>
      ListExceptionsRequest: MessageTypeDefinition<_fleetblock_v1_ListExceptionsRequest, _fleetblock_v1_ListExceptionsRequest__Output>
      ListHostsReply: MessageTypeDefinition<_fleetblock_v1_ListHostsReply, _fleetblock_v1_ListHostsReply__Output>
      ListHostsRequest: MessageTypeDefinition<_fleetblock_v1_ListHostsRequest, _fleetblock_v1_ListHostsRequest__Output>
      ListListsReply: MessageTypeDefinition<_fleetblock_v1_ListListsReply, _fleetblock_v1_ListListsReply__Output>
      ListListsRequest: MessageTypeDefinition<_fleetblock_v1_ListListsRequest, _fleetblock_v1_ListListsRequest__Output>
      ListObjection: MessageTypeDefinition<_fleetblock_v1_ListObjection, _fleetblock_v1_ListObjection__Output>
      /**
       * A method whose answer changes its shape gets another name: a program of another version then gets an error, and reads nothing that was
       * not meant.
       */
      OperatorService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_OperatorServiceClient> & { service: _fleetblock_v1_OperatorServiceDefinition }
      PackedPrefixes: MessageTypeDefinition<_fleetblock_v1_PackedPrefixes, _fleetblock_v1_PackedPrefixes__Output>
      PrefixOutcome: MessageTypeDefinition<_fleetblock_v1_PrefixOutcome, _fleetblock_v1_PrefixOutcome__Output>
      ProtectedAddress: MessageTypeDefinition<_fleetblock_v1_ProtectedAddress, _fleetblock_v1_ProtectedAddress__Output>
      RefusedPrefix: MessageTypeDefinition<_fleetblock_v1_RefusedPrefix, _fleetblock_v1_RefusedPrefix__Output>
      RemoveListRequest: MessageTypeDefinition<_fleetblock_v1_RemoveListRequest, _fleetblock_v1_RemoveListRequest__Output>
      ResyncHostsReply: MessageTypeDefinition<_fleetblock_v1_ResyncHostsReply, _fleetblock_v1_ResyncHostsReply__Output>
      ResyncHostsRequest: MessageTypeDefinition<_fleetblock_v1_ResyncHostsRequest, _fleetblock_v1_ResyncHostsRequest__Output>
      Selector: MessageTypeDefinition<_fleetblock_v1_Selector, _fleetblock_v1_Selector__Output>
      SkippedRow: MessageTypeDefinition<_fleetblock_v1_SkippedRow, _fleetblock_v1_SkippedRow__Output>
      Source: MessageTypeDefinition<_fleetblock_v1_Source, _fleetblock_v1_Source__Output>
      Stages: MessageTypeDefinition<_fleetblock_v1_Stages, _fleetblock_v1_Stages__Output>
      UnblockRequest: MessageTypeDefinition<_fleetblock_v1_UnblockRequest, _fleetblock_v1_UnblockRequest__Output>
      Wait: MessageTypeDefinition<_fleetblock_v1_Wait, _fleetblock_v1_Wait__Output>
      WatchDropsRequest: MessageTypeDefinition<_fleetblock_v1_WatchDropsRequest, _fleetblock_v1_WatchDropsRequest__Output>
      WatchEventsRequest: MessageTypeDefinition<_fleetblock_v1_WatchEventsRequest, _fleetblock_v1_WatchEventsRequest__Output>
    }
  }
}

