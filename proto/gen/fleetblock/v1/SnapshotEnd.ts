// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface SnapshotEnd {
  'revision'?: (number | string | Long);
  'digest'?: (Buffer | Uint8Array | string);
  /**
   * To be shown in Hello with this revision.
   */
  'seal'?: (Buffer | Uint8Array | string);
}

export interface SnapshotEnd__Output {
  'revision': (string);
  'digest': (Buffer);
  /**
   * To be shown in Hello with this revision.
   */
  'seal': (Buffer);
}
