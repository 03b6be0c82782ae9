// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface SnapshotEnd {
  'revision'?: (number | string | Long);
  'digest'?: (Buffer | Uint8Array | string);
}

export interface SnapshotEnd__Output {
  'revision': (string);
  'digest': (Buffer);
}
