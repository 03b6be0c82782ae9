// Original file: proto/fleetblock/v1/operator.proto

import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';

// Original file: proto/fleetblock/v1/operator.proto

export const _fleetblock_v1_ListEntriesRequest_Effect = {
  EFFECT_UNSPECIFIED: 'EFFECT_UNSPECIFIED',
  /**
   * What is enforced, not only counted.
   */
  ENFORCED: 'ENFORCED',
  MONITORED: 'MONITORED',
} as const;

export type _fleetblock_v1_ListEntriesRequest_Effect =
  | 'EFFECT_UNSPECIFIED'
  | 0
  /**
   * What is enforced, not only counted.
   */
  | 'ENFORCED'
  | 1
  | 'MONITORED'
  | 2

export type _fleetblock_v1_ListEntriesRequest_Effect__Output = typeof _fleetblock_v1_ListEntriesRequest_Effect[keyof typeof _fleetblock_v1_ListEntriesRequest_Effect]

// Original file: proto/fleetblock/v1/operator.proto

export const _fleetblock_v1_ListEntriesRequest_Overlap = {
  OVERLAP_UNSPECIFIED: 'OVERLAP_UNSPECIFIED',
  /**
   * The prefix itself and what covers all of it.
   */
  COVERING: 'COVERING',
  /**
   * The prefix itself and what lies inside it.
   */
  INSIDE: 'INSIDE',
} as const;

export type _fleetblock_v1_ListEntriesRequest_Overlap =
  | 'OVERLAP_UNSPECIFIED'
  | 0
  /**
   * The prefix itself and what covers all of it.
   */
  | 'COVERING'
  | 1
  /**
   * The prefix itself and what lies inside it.
   */
  | 'INSIDE'
  | 2

export type _fleetblock_v1_ListEntriesRequest_Overlap__Output = typeof _fleetblock_v1_ListEntriesRequest_Overlap[keyof typeof _fleetblock_v1_ListEntriesRequest_Overlap]

export interface ListEntriesRequest {
  /**
   * Empty: all.
   */
  'origin'?: (string);
  /**
   * Only what targets this host; empty: all. NOT_FOUND: unknown host.
   */
  'host'?: (string);
  /**
   * Also claims that have ended and are not removed yet.
   */
  'expired'?: (boolean);
  /**
   * Unspecified: both.
   */
  'action'?: (_fleetblock_v1_Action);
  /**
   * Only what has something in common with this address or prefix; empty: all.
   */
  'prefix'?: (string);
  /**
   * Unspecified: both.
   */
  'overlap'?: (_fleetblock_v1_ListEntriesRequest_Overlap);
  /**
   * Unspecified: both.
   */
  'effect'?: (_fleetblock_v1_ListEntriesRequest_Effect);
  /**
   * Part of the reason, in whatever case; empty: all.
   */
  'reason'?: (string);
  /**
   * Empty: all.
   */
  'actor'?: (string);
  /**
   * Upper limit; 0: all.
   */
  'limit'?: (number);
}

export interface ListEntriesRequest__Output {
  /**
   * Empty: all.
   */
  'origin': (string);
  /**
   * Only what targets this host; empty: all. NOT_FOUND: unknown host.
   */
  'host': (string);
  /**
   * Also claims that have ended and are not removed yet.
   */
  'expired': (boolean);
  /**
   * Unspecified: both.
   */
  'action': (_fleetblock_v1_Action__Output);
  /**
   * Only what has something in common with this address or prefix; empty: all.
   */
  'prefix': (string);
  /**
   * Unspecified: both.
   */
  'overlap': (_fleetblock_v1_ListEntriesRequest_Overlap__Output);
  /**
   * Unspecified: both.
   */
  'effect': (_fleetblock_v1_ListEntriesRequest_Effect__Output);
  /**
   * Part of the reason, in whatever case; empty: all.
   */
  'reason': (string);
  /**
   * Empty: all.
   */
  'actor': (string);
  /**
   * Upper limit; 0: all.
   */
  'limit': (number);
}
