// Original file: proto/fleetblock/v1/operator.proto

import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';
import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from '../../fleetblock/v1/Wait.ts';
import type { Stages as _fleetblock_v1_Stages, Stages__Output as _fleetblock_v1_Stages__Output } from '../../fleetblock/v1/Stages.ts';

export interface ImportBegin {
  /**
   * Without "list:".
   */
  'list'?: (string);
  'target'?: (_fleetblock_v1_Selector | null);
  /**
   * Unspecified means block.
   */
  'action'?: (_fleetblock_v1_Action);
  /**
   * Count what would be dropped, drop nothing.
   */
  'monitor'?: (boolean);
  'reason'?: (string);
  'dryRun'?: (boolean);
  'wait'?: (_fleetblock_v1_Wait | null);
  /**
   * Override the guard (admin role only).
   */
  'force'?: (boolean);
  /**
   * It may leave no entry, or fewer than half of what the list has. Without: FAILED_PRECONDITION, and nothing is changed.
   */
  'allowShrink'?: (boolean);
  /**
   * It may take the list's entries away from hosts: another action, monitor-only, other targets. Without: as above.
   */
  'retarget'?: (boolean);
  /**
   * Leave out rows that the guard refuses, and say so. Without: one of them refuses the whole.
   */
  'skipRefused'?: (boolean);
  /**
   * Not set: all hosts at once. What the list adds is staged; what it removes goes with the last stage.
   */
  'stages'?: (_fleetblock_v1_Stages | null);
}

export interface ImportBegin__Output {
  /**
   * Without "list:".
   */
  'list': (string);
  'target': (_fleetblock_v1_Selector__Output | null);
  /**
   * Unspecified means block.
   */
  'action': (_fleetblock_v1_Action__Output);
  /**
   * Count what would be dropped, drop nothing.
   */
  'monitor': (boolean);
  'reason': (string);
  'dryRun': (boolean);
  'wait': (_fleetblock_v1_Wait__Output | null);
  /**
   * Override the guard (admin role only).
   */
  'force': (boolean);
  /**
   * It may leave no entry, or fewer than half of what the list has. Without: FAILED_PRECONDITION, and nothing is changed.
   */
  'allowShrink': (boolean);
  /**
   * It may take the list's entries away from hosts: another action, monitor-only, other targets. Without: as above.
   */
  'retarget': (boolean);
  /**
   * Leave out rows that the guard refuses, and say so. Without: one of them refuses the whole.
   */
  'skipRefused': (boolean);
  /**
   * Not set: all hosts at once. What the list adds is staged; what it removes goes with the last stage.
   */
  'stages': (_fleetblock_v1_Stages__Output | null);
}
