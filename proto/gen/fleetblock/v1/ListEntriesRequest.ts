// Original file: proto/fleetblock/v1/operator.proto

import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';

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
}
