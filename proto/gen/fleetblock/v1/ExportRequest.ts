// Original file: proto/fleetblock/v1/operator.proto

import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';

export interface ExportRequest {
  /**
   * Empty: all.
   */
  'origin'?: (string);
  /**
   * Only what targets this host; empty: all. NOT_FOUND: unknown host.
   */
  'host'?: (string);
  /**
   * Unspecified: both.
   */
  'action'?: (_fleetblock_v1_Action);
}

export interface ExportRequest__Output {
  /**
   * Empty: all.
   */
  'origin': (string);
  /**
   * Only what targets this host; empty: all. NOT_FOUND: unknown host.
   */
  'host': (string);
  /**
   * Unspecified: both.
   */
  'action': (_fleetblock_v1_Action__Output);
}
