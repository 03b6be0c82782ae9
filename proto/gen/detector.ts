import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Detector as _fleetblock_v1_Detector, Detector__Output as _fleetblock_v1_Detector__Output } from './fleetblock/v1/Detector.ts';
import type { DetectorPolicy as _fleetblock_v1_DetectorPolicy, DetectorPolicy__Output as _fleetblock_v1_DetectorPolicy__Output } from './fleetblock/v1/DetectorPolicy.ts';
import type { DetectorServiceClient as _fleetblock_v1_DetectorServiceClient, DetectorServiceDefinition as _fleetblock_v1_DetectorServiceDefinition } from './fleetblock/v1/DetectorService.ts';
import type { ListDetectorsReply as _fleetblock_v1_ListDetectorsReply, ListDetectorsReply__Output as _fleetblock_v1_ListDetectorsReply__Output } from './fleetblock/v1/ListDetectorsReply.ts';
import type { ListDetectorsRequest as _fleetblock_v1_ListDetectorsRequest, ListDetectorsRequest__Output as _fleetblock_v1_ListDetectorsRequest__Output } from './fleetblock/v1/ListDetectorsRequest.ts';
import type { RemoveDetectorReply as _fleetblock_v1_RemoveDetectorReply, RemoveDetectorReply__Output as _fleetblock_v1_RemoveDetectorReply__Output } from './fleetblock/v1/RemoveDetectorReply.ts';
import type { RemoveDetectorRequest as _fleetblock_v1_RemoveDetectorRequest, RemoveDetectorRequest__Output as _fleetblock_v1_RemoveDetectorRequest__Output } from './fleetblock/v1/RemoveDetectorRequest.ts';
import type { SetDetectorReply as _fleetblock_v1_SetDetectorReply, SetDetectorReply__Output as _fleetblock_v1_SetDetectorReply__Output } from './fleetblock/v1/SetDetectorReply.ts';
import type { SetDetectorRequest as _fleetblock_v1_SetDetectorRequest, SetDetectorRequest__Output as _fleetblock_v1_SetDetectorRequest__Output } from './fleetblock/v1/SetDetectorRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  fleetblock: {
    v1: {
      Detector: MessageTypeDefinition<_fleetblock_v1_Detector, _fleetblock_v1_Detector__Output>
      DetectorPolicy: MessageTypeDefinition<_fleetblock_v1_DetectorPolicy, _fleetblock_v1_DetectorPolicy__Output>
      /**
       * Roles: viewers list, admins change.
       */
      DetectorService: SubtypeConstructor<typeof grpc.Client, _fleetblock_v1_DetectorServiceClient> & { service: _fleetblock_v1_DetectorServiceDefinition }
      ListDetectorsReply: MessageTypeDefinition<_fleetblock_v1_ListDetectorsReply, _fleetblock_v1_ListDetectorsReply__Output>
      ListDetectorsRequest: MessageTypeDefinition<_fleetblock_v1_ListDetectorsRequest, _fleetblock_v1_ListDetectorsRequest__Output>
      RemoveDetectorReply: MessageTypeDefinition<_fleetblock_v1_RemoveDetectorReply, _fleetblock_v1_RemoveDetectorReply__Output>
      RemoveDetectorRequest: MessageTypeDefinition<_fleetblock_v1_RemoveDetectorRequest, _fleetblock_v1_RemoveDetectorRequest__Output>
      SetDetectorReply: MessageTypeDefinition<_fleetblock_v1_SetDetectorReply, _fleetblock_v1_SetDetectorReply__Output>
      SetDetectorRequest: MessageTypeDefinition<_fleetblock_v1_SetDetectorRequest, _fleetblock_v1_SetDetectorRequest__Output>
    }
  }
}

