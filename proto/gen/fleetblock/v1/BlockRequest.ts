// Original file: proto/fleetblock/v1/operator.proto

import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';
import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from '../../fleetblock/v1/Wait.ts';
import type { Stages as _fleetblock_v1_Stages, Stages__Output as _fleetblock_v1_Stages__Output } from '../../fleetblock/v1/Stages.ts';
import type { Long } from '@grpc/proto-loader';

export interface BlockRequest {
  /**
   * Bare addresses or CIDR.
   */
  'prefixes'?: (string)[];
  'target'?: (_fleetblock_v1_Selector | null);
  /**
   * Unspecified means block.
   */
  'action'?: (_fleetblock_v1_Action);
  /**
   * Empty means "manual"; from an API key that is bound to an origin, that one.
   */
  'origin'?: (string);
  'reason'?: (string);
  /**
   * Milliseconds to live; 0 for no end.
   */
  'ttlMs'?: (number | string | Long);
  /**
   * Count what would be dropped, drop nothing.
   */
  'monitor'?: (boolean);
  /**
   * Check and answer as if, change nothing.
   */
  'dryRun'?: (boolean);
  'wait'?: (_fleetblock_v1_Wait | null);
  /**
   * Override the guard (admin role only).
   */
  'force'?: (boolean);
  /**
   * Milliseconds, 1 second to 24 hours, until it is undone unless Confirm is called; 0: not, but for 60 seconds with force.
   */
  'confirmMs'?: (number | string | Long);
  /**
   * Not set: all hosts at once. The reply is about the first stage.
   */
  'stages'?: (_fleetblock_v1_Stages | null);
}

export interface BlockRequest__Output {
  /**
   * Bare addresses or CIDR.
   */
  'prefixes': (string)[];
  'target': (_fleetblock_v1_Selector__Output | null);
  /**
   * Unspecified means block.
   */
  'action': (_fleetblock_v1_Action__Output);
  /**
   * Empty means "manual"; from an API key that is bound to an origin, that one.
   */
  'origin': (string);
  'reason': (string);
  /**
   * Milliseconds to live; 0 for no end.
   */
  'ttlMs': (string);
  /**
   * Count what would be dropped, drop nothing.
   */
  'monitor': (boolean);
  /**
   * Check and answer as if, change nothing.
   */
  'dryRun': (boolean);
  'wait': (_fleetblock_v1_Wait__Output | null);
  /**
   * Override the guard (admin role only).
   */
  'force': (boolean);
  /**
   * Milliseconds, 1 second to 24 hours, until it is undone unless Confirm is called; 0: not, but for 60 seconds with force.
   */
  'confirmMs': (string);
  /**
   * Not set: all hosts at once. The reply is about the first stage.
   */
  'stages': (_fleetblock_v1_Stages__Output | null);
}
