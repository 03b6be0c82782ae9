// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface ListException {
  /**
   * Canonical.
   */
  'prefix'?: (string);
  'reason'?: (string);
  'actor'?: (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs'?: (number | string | Long);
}

export interface ListException__Output {
  /**
   * Canonical.
   */
  'prefix': (string);
  'reason': (string);
  'actor': (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs': (string);
}
