// Original file: proto/fleetblock/v1/feeds.proto

import type { Feed as _fleetblock_v1_Feed, Feed__Output as _fleetblock_v1_Feed__Output } from '../../fleetblock/v1/Feed.ts';
import type { Long } from '@grpc/proto-loader';

// Original file: proto/fleetblock/v1/feeds.proto

export const _fleetblock_v1_FeedReply_Outcome = {
  OUTCOME_UNSPECIFIED: 'OUTCOME_UNSPECIFIED',
  UNCHANGED: 'UNCHANGED',
  /**
   * The list is in force; in a dry run, it would be.
   */
  TAKEN: 'TAKEN',
  /**
   * It waits for an operator, because of `why`.
   */
  HELD: 'HELD',
  /**
   * There is no list to judge, because of `why`; the feed is looked at again.
   */
  FAILED: 'FAILED',
  /**
   * It reaches its hosts in stages, and is in force when the last one is. `why`: where it is.
   */
  STAGED: 'STAGED',
} as const;

export type _fleetblock_v1_FeedReply_Outcome =
  | 'OUTCOME_UNSPECIFIED'
  | 0
  | 'UNCHANGED'
  | 1
  /**
   * The list is in force; in a dry run, it would be.
   */
  | 'TAKEN'
  | 2
  /**
   * It waits for an operator, because of `why`.
   */
  | 'HELD'
  | 3
  /**
   * There is no list to judge, because of `why`; the feed is looked at again.
   */
  | 'FAILED'
  | 4
  /**
   * It reaches its hosts in stages, and is in force when the last one is. `why`: where it is.
   */
  | 'STAGED'
  | 5

export type _fleetblock_v1_FeedReply_Outcome__Output = typeof _fleetblock_v1_FeedReply_Outcome[keyof typeof _fleetblock_v1_FeedReply_Outcome]

/**
 * What came of a look.
 */
export interface FeedReply {
  /**
   * In a dry run of AddFeed, as it would be.
   */
  'feed'?: (_fleetblock_v1_Feed | null);
  'outcome'?: (_fleetblock_v1_FeedReply_Outcome);
  'why'?: (string)[];
  /**
   * For people: as what it was read, what was left out.
   */
  'notes'?: (string)[];
  /**
   * Rows of the list that was found.
   */
  'rows'?: (number | string | Long);
  /**
   * What is, or would be, another in the fleet's list. Revision 0: nothing.
   */
  'revision'?: (number | string | Long);
  'added'?: (number | string | Long);
  'removed'?: (number | string | Long);
  'unchanged'?: (number | string | Long);
  /**
   * Rows that were left out as the guard refuses them.
   */
  'skipped'?: (number | string | Long);
  /**
   * It is held, and accepting it would take it: not what the guard refuses.
   */
  'acceptable'?: (boolean);
}

/**
 * What came of a look.
 */
export interface FeedReply__Output {
  /**
   * In a dry run of AddFeed, as it would be.
   */
  'feed': (_fleetblock_v1_Feed__Output | null);
  'outcome': (_fleetblock_v1_FeedReply_Outcome__Output);
  'why': (string)[];
  /**
   * For people: as what it was read, what was left out.
   */
  'notes': (string)[];
  /**
   * Rows of the list that was found.
   */
  'rows': (string);
  /**
   * What is, or would be, another in the fleet's list. Revision 0: nothing.
   */
  'revision': (string);
  'added': (string);
  'removed': (string);
  'unchanged': (string);
  /**
   * Rows that were left out as the guard refuses them.
   */
  'skipped': (string);
  /**
   * It is held, and accepting it would take it: not what the guard refuses.
   */
  'acceptable': (boolean);
}
