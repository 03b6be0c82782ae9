// Original file: proto/fleetblock/v1/operator.proto

import type { Host as _fleetblock_v1_Host, Host__Output as _fleetblock_v1_Host__Output } from '../../fleetblock/v1/Host.ts';
import type { Long } from '@grpc/proto-loader';

export interface LabelHostReply {
  'host'?: (_fleetblock_v1_Host | null);
  'revision'?: (number | string | Long);
}

export interface LabelHostReply__Output {
  'host': (_fleetblock_v1_Host__Output | null);
  'revision': (string);
}
