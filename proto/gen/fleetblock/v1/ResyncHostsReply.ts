// Original file: proto/fleetblock/v1/operator.proto

import type { HostOutcomes as _fleetblock_v1_HostOutcomes, HostOutcomes__Output as _fleetblock_v1_HostOutcomes__Output } from '../../fleetblock/v1/HostOutcomes.ts';
import type { Long } from '@grpc/proto-loader';

export interface ResyncHostsReply {
  'revision'?: (number | string | Long);
  'hosts'?: (_fleetblock_v1_HostOutcomes | null);
  'elapsedMs'?: (number | string);
}

export interface ResyncHostsReply__Output {
  'revision': (string);
  'hosts': (_fleetblock_v1_HostOutcomes__Output | null);
  'elapsedMs': (number);
}
