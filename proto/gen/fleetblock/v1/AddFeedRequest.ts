// Original file: proto/fleetblock/v1/feeds.proto

import type { FeedSpec as _fleetblock_v1_FeedSpec, FeedSpec__Output as _fleetblock_v1_FeedSpec__Output } from '../../fleetblock/v1/FeedSpec.ts';

export interface AddFeedRequest {
  'feed'?: (_fleetblock_v1_FeedSpec | null);
  /**
   * Sent to its server, kept in the store, in no answer. Empty: none.
   */
  'key'?: (string);
  'dryRun'?: (boolean);
}

export interface AddFeedRequest__Output {
  'feed': (_fleetblock_v1_FeedSpec__Output | null);
  /**
   * Sent to its server, kept in the store, in no answer. Empty: none.
   */
  'key': (string);
  'dryRun': (boolean);
}
