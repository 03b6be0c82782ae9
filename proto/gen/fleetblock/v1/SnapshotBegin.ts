// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The whole view follows in chunks and is applied at SnapshotEnd, by difference against what the agent holds. A row of a
 * later chunk replaces one of the same prefix and action in an earlier chunk.
 */
export interface SnapshotBegin {
  'storeEpoch'?: (string);
  'revision'?: (number | string | Long);
  /**
   * After all replacements.
   */
  'entries'?: (number | string | Long);
  /**
   * An operator ordered this host to take another epoch's list, or an older one: no REVISION_REGRESSION, no EPOCH_MISMATCH.
   */
  'resync'?: (boolean);
}

/**
 * The whole view follows in chunks and is applied at SnapshotEnd, by difference against what the agent holds. A row of a
 * later chunk replaces one of the same prefix and action in an earlier chunk.
 */
export interface SnapshotBegin__Output {
  'storeEpoch': (string);
  'revision': (string);
  /**
   * After all replacements.
   */
  'entries': (string);
  /**
   * An operator ordered this host to take another epoch's list, or an older one: no REVISION_REGRESSION, no EPOCH_MISMATCH.
   */
  'resync': (boolean);
}
