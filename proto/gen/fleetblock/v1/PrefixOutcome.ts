// Original file: proto/fleetblock/v1/operator.proto

import type { Claim as _fleetblock_v1_Claim, Claim__Output as _fleetblock_v1_Claim__Output } from '../../fleetblock/v1/Claim.ts';

// Original file: proto/fleetblock/v1/operator.proto

export const _fleetblock_v1_PrefixOutcome_Change = {
  CHANGE_UNSPECIFIED: 'CHANGE_UNSPECIFIED',
  ADDED: 'ADDED',
  /**
   * The claim was there and now ends later, or has another reason.
   */
  UPDATED: 'UPDATED',
  /**
   * The claim was there already, as asked for.
   */
  UNCHANGED: 'UNCHANGED',
  REMOVED: 'REMOVED',
  /**
   * There was no such claim.
   */
  NOT_FOUND: 'NOT_FOUND',
} as const;

export type _fleetblock_v1_PrefixOutcome_Change =
  | 'CHANGE_UNSPECIFIED'
  | 0
  | 'ADDED'
  | 1
  /**
   * The claim was there and now ends later, or has another reason.
   */
  | 'UPDATED'
  | 2
  /**
   * The claim was there already, as asked for.
   */
  | 'UNCHANGED'
  | 3
  | 'REMOVED'
  | 4
  /**
   * There was no such claim.
   */
  | 'NOT_FOUND'
  | 5

export type _fleetblock_v1_PrefixOutcome_Change__Output = typeof _fleetblock_v1_PrefixOutcome_Change[keyof typeof _fleetblock_v1_PrefixOutcome_Change]

export interface PrefixOutcome {
  /**
   * Canonical.
   */
  'prefix'?: (string);
  'change'?: (_fleetblock_v1_PrefixOutcome_Change);
  /**
   * After an unblock: claims that still block this prefix (other origins, covering prefixes).
   */
  'stillBlockedBy'?: (_fleetblock_v1_Claim)[];
  /**
   * How many more there are: a reply has a limit.
   */
  'stillBlockedByMore'?: (number);
}

export interface PrefixOutcome__Output {
  /**
   * Canonical.
   */
  'prefix': (string);
  'change': (_fleetblock_v1_PrefixOutcome_Change__Output);
  /**
   * After an unblock: claims that still block this prefix (other origins, covering prefixes).
   */
  'stillBlockedBy': (_fleetblock_v1_Claim__Output)[];
  /**
   * How many more there are: a reply has a limit.
   */
  'stillBlockedByMore': (number);
}
