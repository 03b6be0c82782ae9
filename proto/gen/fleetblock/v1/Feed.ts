// Original file: proto/fleetblock/v1/feeds.proto

import type { FeedSpec as _fleetblock_v1_FeedSpec, FeedSpec__Output as _fleetblock_v1_FeedSpec__Output } from '../../fleetblock/v1/FeedSpec.ts';
import type { HeldList as _fleetblock_v1_HeldList, HeldList__Output as _fleetblock_v1_HeldList__Output } from '../../fleetblock/v1/HeldList.ts';
import type { Long } from '@grpc/proto-loader';

export interface Feed {
  'spec'?: (_fleetblock_v1_FeedSpec | null);
  'hasKey'?: (boolean);
  'paused'?: (boolean);
  /**
   * Who declared it, and when. Here and below: Unix milliseconds, 0 for never.
   */
  'actor'?: (string);
  'createdAtMs'?: (number | string | Long);
  /**
   * The last look, the last that went well, the last that changed the list.
   */
  'lookedAtMs'?: (number | string | Long);
  'goodAtMs'?: (number | string | Long);
  'changedAtMs'?: (number | string | Long);
  'dueAtMs'?: (number | string | Long);
  /**
   * Of its list, in force now.
   */
  'rows'?: (number | string | Long);
  /**
   * Why the last look failed; empty: it did not.
   */
  'error'?: (string);
  /**
   * In a row.
   */
  'failures'?: (number);
  /**
   * The last look brought a list that waits for an operator: how many rows it has, and why.
   */
  'held'?: (_fleetblock_v1_HeldList | null);
  /**
   * Its list is not in force yet: it reaches its hosts by this rollout, or was held when that was halted. Empty: neither.
   */
  'rollout'?: (string);
}

export interface Feed__Output {
  'spec': (_fleetblock_v1_FeedSpec__Output | null);
  'hasKey': (boolean);
  'paused': (boolean);
  /**
   * Who declared it, and when. Here and below: Unix milliseconds, 0 for never.
   */
  'actor': (string);
  'createdAtMs': (string);
  /**
   * The last look, the last that went well, the last that changed the list.
   */
  'lookedAtMs': (string);
  'goodAtMs': (string);
  'changedAtMs': (string);
  'dueAtMs': (string);
  /**
   * Of its list, in force now.
   */
  'rows': (string);
  /**
   * Why the last look failed; empty: it did not.
   */
  'error': (string);
  /**
   * In a row.
   */
  'failures': (number);
  /**
   * The last look brought a list that waits for an operator: how many rows it has, and why.
   */
  'held': (_fleetblock_v1_HeldList__Output | null);
  /**
   * Its list is not in force yet: it reaches its hosts by this rollout, or was held when that was halted. Empty: neither.
   */
  'rollout': (string);
}
