// Original file: proto/fleetblock/v1/feeds.proto

import type { Long } from '@grpc/proto-loader';

export interface RemoveFeedReply {
  /**
   * Rows that were removed.
   */
  'removed'?: (number | string | Long);
}

export interface RemoveFeedReply__Output {
  /**
   * Rows that were removed.
   */
  'removed': (string);
}
