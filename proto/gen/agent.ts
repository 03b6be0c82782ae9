import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Ack as _fleetblock_v1_Ack, Ack__Output as _fleetblock_v1_Ack__Output } from './fleetblock/v1/Ack.ts';
import type { AgentMessage as _fleetblock_v1_AgentMessage, AgentMessage__Output as _fleetblock_v1_AgentMessage__Output } from './fleetblock/v1/AgentMessage.ts';
import type { AgentServiceClient as _fleetblock_v1_AgentServiceClient, AgentServiceDefinition as _fleetblock_v1_AgentServiceDefinition } from './fleetblock/v1/AgentService.ts';
import type { ControllerMessage as _fleetblock_v1_ControllerMessage, ControllerMessage__Output as _fleetblock_v1_ControllerMessage__Output } from './fleetblock/v1/ControllerMessage.ts';
import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from './fleetblock/v1/Counters.ts';
import type { Delta as _fleetblock_v1_Delta, Delta__Output as _fleetblock_v1_Delta__Output } from './fleetblock/v1/Delta.ts';
import type { Detached as _fleetblock_v1_Detached, Detached__Output as _fleetblock_v1_Detached__Output } from './fleetblock/v1/Detached.ts';
import type { DropEvent as _fleetblock_v1_DropEvent, DropEvent__Output as _fleetblock_v1_DropEvent__Output } from './fleetblock/v1/DropEvent.ts';
import type { DropEvents as _fleetblock_v1_DropEvents, DropEvents__Output as _fleetblock_v1_DropEvents__Output } from './fleetblock/v1/DropEvents.ts';
import type { DropWatch as _fleetblock_v1_DropWatch, DropWatch__Output as _fleetblock_v1_DropWatch__Output } from './fleetblock/v1/DropWatch.ts';
import type { EndedAlone as _fleetblock_v1_EndedAlone, EndedAlone__Output as _fleetblock_v1_EndedAlone__Output } from './fleetblock/v1/EndedAlone.ts';
import type { EnrollOperatorRequest as _fleetblock_v1_EnrollOperatorRequest, EnrollOperatorRequest__Output as _fleetblock_v1_EnrollOperatorRequest__Output } from './fleetblock/v1/EnrollOperatorRequest.ts';
import type { EnrollOperatorResponse as _fleetblock_v1_EnrollOperatorResponse, EnrollOperatorResponse__Output as _fleetblock_v1_EnrollOperatorResponse__Output } from './fleetblock/v1/EnrollOperatorResponse.ts';
import type { EnrollRequest as _fleetblock_v1_EnrollRequest, EnrollRequest__Output as _fleetblock_v1_EnrollRequest__Output } from './fleetblock/v1/EnrollRequest.ts';
import type { EnrollResponse as _fleetblock_v1_EnrollResponse, EnrollResponse__Output as _fleetblock_v1_EnrollResponse__Output } from './fleetblock/v1/EnrollResponse.ts';
import type { EnrollmentServiceClient as _fleetblock_v1_EnrollmentServiceClient, EnrollmentServiceDefinition as _fleetblock_v1_EnrollmentServiceDefinition } from './fleetblock/v1/EnrollmentService.ts';
import type { ErrorDetails as _fleetblock_v1_ErrorDetails, ErrorDetails__Output as _fleetblock_v1_ErrorDetails__Output } from './fleetblock/v1/ErrorDetails.ts';
import type { Hello as _fleetblock_v1_Hello, Hello__Output as _fleetblock_v1_Hello__Output } from './fleetblock/v1/Hello.ts';
import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from './fleetblock/v1/Interface.ts';
import type { KeyKept as _fleetblock_v1_KeyKept, KeyKept__Output as _fleetblock_v1_KeyKept__Output } from './fleetblock/v1/KeyKept.ts';
import type { Lapse as _fleetblock_v1_Lapse, Lapse__Output as _fleetblock_v1_Lapse__Output } from './fleetblock/v1/Lapse.ts';
import type { Lookup as _fleetblock_v1_Lookup, Lookup__Output as _fleetblock_v1_Lookup__Output } from './fleetblock/v1/Lookup.ts';
import type { LookupReply as _fleetblock_v1_LookupReply, LookupReply__Output as _fleetblock_v1_LookupReply__Output } from './fleetblock/v1/LookupReply.ts';
import type { Nack as _fleetblock_v1_Nack, Nack__Output as _fleetblock_v1_Nack__Output } from './fleetblock/v1/Nack.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from './fleetblock/v1/PackedPrefixes.ts';
import type { Ping as _fleetblock_v1_Ping, Ping__Output as _fleetblock_v1_Ping__Output } from './fleetblock/v1/Ping.ts';
import type { Pong as _fleetblock_v1_Pong, Pong__Output as _fleetblock_v1_Pong__Output } from './fleetblock/v1/Pong.ts';
import type { ProtectedAddress as _fleetblock_v1_ProtectedAddress, ProtectedAddress__Output as _fleetblock_v1_ProtectedAddress__Output } from './fleetblock/v1/ProtectedAddress.ts';
import type { RefusedPrefix as _fleetblock_v1_RefusedPrefix, RefusedPrefix__Output as _fleetblock_v1_RefusedPrefix__Output } from './fleetblock/v1/RefusedPrefix.ts';
import type { RefusedReport as _fleetblock_v1_RefusedReport, RefusedReport__Output as _fleetblock_v1_RefusedReport__Output } from './fleetblock/v1/RefusedReport.ts';
import type { ReportedPrefix as _fleetblock_v1_ReportedPrefix, ReportedPrefix__Output as _fleetblock_v1_ReportedPrefix__Output } from './fleetblock/v1/ReportedPrefix.ts';
import type { Reports as _fleetblock_v1_Reports, Reports__Output as _fleetblock_v1_Reports__Output } from './fleetblock/v1/Reports.ts';
import type { ReportsAnswer as _fleetblock_v1_ReportsAnswer, ReportsAnswer__Output as _fleetblock_v1_ReportsAnswer__Output } from './fleetblock/v1/ReportsAnswer.ts';
import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from './fleetblock/v1/Selector.ts';
import type { SnapshotBegin as _fleetblock_v1_SnapshotBegin, SnapshotBegin__Output as _fleetblock_v1_SnapshotBegin__Output } from './fleetblock/v1/SnapshotBegin.ts';
import type { SnapshotChunk as _fleetblock_v1_SnapshotChunk, SnapshotChunk__Output as _fleetblock_v1_SnapshotChunk__Output } from './fleetblock/v1/SnapshotChunk.ts';
import type { SnapshotEnd as _fleetblock_v1_SnapshotEnd, SnapshotEnd__Output as _fleetblock_v1_SnapshotEnd__Output } from './fleetblock/v1/SnapshotEnd.ts';
import type { Source as _fleetblock_v1_Source, Source__Output as _fleetblock_v1_Source__Output } from './fleetblock/v1/Source.ts';
import type { Stages as _fleetblock_v1_Stages, Stages__Output as _fleetblock_v1_Stages__Output } from './fleetblock/v1/Stages.ts';
import type { Status as _fleetblock_v1_Status, Status__Output as _fleetblock_v1_Status__Output } from './fleetblock/v1/Status.ts';
import type { Welcome as _fleetblock_v1_Welcome, Welcome__Output as _fleetblock_v1_Welcome__Output } from './fleetblock/v1/Welcome.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fleetblock: {
    v1: {
      Ack: MessageTypeDefinition<_fleetblock_v1_Ack, _fleetblock_v1_Ack__Output>
      Action: EnumTypeDefinition
      AgentMessage: MessageTypeDefinition<_fleetblock_v1_AgentMessage, _fleetblock_v1_AgentMessage__Output>
      /**
       * Served to agents' certificates only.
       */
      AgentService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_AgentServiceClient> & { service: _fleetblock_v1_AgentServiceDefinition }
      ControllerMessage: MessageTypeDefinition<_fleetblock_v1_ControllerMessage, _fleetblock_v1_ControllerMessage__Output>
      Counters: MessageTypeDefinition<_fleetblock_v1_Counters, _fleetblock_v1_Counters__Output>
      Delta: MessageTypeDefinition<_fleetblock_v1_Delta, _fleetblock_v1_Delta__Output>
      Detached: MessageTypeDefinition<_fleetblock_v1_Detached, _fleetblock_v1_Detached__Output>
      DropEvent: MessageTypeDefinition<_fleetblock_v1_DropEvent, _fleetblock_v1_DropEvent__Output>
      DropEvents: MessageTypeDefinition<_fleetblock_v1_DropEvents, _fleetblock_v1_DropEvents__Output>
      DropWatch: MessageTypeDefinition<_fleetblock_v1_DropWatch, _fleetblock_v1_DropWatch__Output>
      EndedAlone: MessageTypeDefinition<_fleetblock_v1_EndedAlone, _fleetblock_v1_EndedAlone__Output>
      EnrollOperatorRequest: MessageTypeDefinition<_fleetblock_v1_EnrollOperatorRequest, _fleetblock_v1_EnrollOperatorRequest__Output>
      EnrollOperatorResponse: MessageTypeDefinition<_fleetblock_v1_EnrollOperatorResponse, _fleetblock_v1_EnrollOperatorResponse__Output>
      EnrollRequest: MessageTypeDefinition<_fleetblock_v1_EnrollRequest, _fleetblock_v1_EnrollRequest__Output>
      EnrollResponse: MessageTypeDefinition<_fleetblock_v1_EnrollResponse, _fleetblock_v1_EnrollResponse__Output>
      /**
       * Served without a client certificate: the one call that a host makes before it has one.
       */
      EnrollmentService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_EnrollmentServiceClient> & { service: _fleetblock_v1_EnrollmentServiceDefinition }
      ErrorDetails: MessageTypeDefinition<_fleetblock_v1_ErrorDetails, _fleetblock_v1_ErrorDetails__Output>
      Hello: MessageTypeDefinition<_fleetblock_v1_Hello, _fleetblock_v1_Hello__Output>
      Interface: MessageTypeDefinition<_fleetblock_v1_Interface, _fleetblock_v1_Interface__Output>
      KeyKept: MessageTypeDefinition<_fleetblock_v1_KeyKept, _fleetblock_v1_KeyKept__Output>
      Lapse: MessageTypeDefinition<_fleetblock_v1_Lapse, _fleetblock_v1_Lapse__Output>
      Lookup: MessageTypeDefinition<_fleetblock_v1_Lookup, _fleetblock_v1_Lookup__Output>
      LookupReply: MessageTypeDefinition<_fleetblock_v1_LookupReply, _fleetblock_v1_LookupReply__Output>
      Nack: MessageTypeDefinition<_fleetblock_v1_Nack, _fleetblock_v1_Nack__Output>
      PackedPrefixes: MessageTypeDefinition<_fleetblock_v1_PackedPrefixes, _fleetblock_v1_PackedPrefixes__Output>
      Ping: MessageTypeDefinition<_fleetblock_v1_Ping, _fleetblock_v1_Ping__Output>
      Pong: MessageTypeDefinition<_fleetblock_v1_Pong, _fleetblock_v1_Pong__Output>
      ProtectedAddress: MessageTypeDefinition<_fleetblock_v1_ProtectedAddress, _fleetblock_v1_ProtectedAddress__Output>
      RefusedPrefix: MessageTypeDefinition<_fleetblock_v1_RefusedPrefix, _fleetblock_v1_RefusedPrefix__Output>
      RefusedReport: MessageTypeDefinition<_fleetblock_v1_RefusedReport, _fleetblock_v1_RefusedReport__Output>
      ReportedPrefix: MessageTypeDefinition<_fleetblock_v1_ReportedPrefix, _fleetblock_v1_ReportedPrefix__Output>
      Reports: MessageTypeDefinition<_fleetblock_v1_Reports, _fleetblock_v1_Reports__Output>
      ReportsAnswer: MessageTypeDefinition<_fleetblock_v1_ReportsAnswer, _fleetblock_v1_ReportsAnswer__Output>
      Selector: MessageTypeDefinition<_fleetblock_v1_Selector, _fleetblock_v1_Selector__Output>
      SnapshotBegin: MessageTypeDefinition<_fleetblock_v1_SnapshotBegin, _fleetblock_v1_SnapshotBegin__Output>
      SnapshotChunk: MessageTypeDefinition<_fleetblock_v1_SnapshotChunk, _fleetblock_v1_SnapshotChunk__Output>
      SnapshotEnd: MessageTypeDefinition<_fleetblock_v1_SnapshotEnd, _fleetblock_v1_SnapshotEnd__Output>
      Source: MessageTypeDefinition<_fleetblock_v1_Source, _fleetblock_v1_Source__Output>
      Stages: MessageTypeDefinition<_fleetblock_v1_Stages, _fleetblock_v1_Stages__Output>
      Status: MessageTypeDefinition<_fleetblock_v1_Status, _fleetblock_v1_Status__Output>
      Welcome: MessageTypeDefinition<_fleetblock_v1_Welcome, _fleetblock_v1_Welcome__Output>
    }
  }
}

