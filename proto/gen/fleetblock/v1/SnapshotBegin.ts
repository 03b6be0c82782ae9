// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The whole view follows in chunks and is applied at SnapshotEnd, by difference against what the agent holds.
 */
export interface SnapshotBegin {
  'storeEpoch'?: (string);
  'revision'?: (number | string | Long);
  'entries'?: (number | string | Long);
}

/**
 * The whole view follows in chunks and is applied at SnapshotEnd, by difference against what the agent holds.
 */
export interface SnapshotBegin__Output {
  'storeEpoch': (string);
  'revision': (string);
  'entries': (string);
}
