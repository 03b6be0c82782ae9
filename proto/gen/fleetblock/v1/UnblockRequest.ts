// Original file: proto/fleetblock/v1/operator.proto

import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';
import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from '../../fleetblock/v1/Wait.ts';

export interface UnblockRequest {
  'prefixes'?: (string)[];
  'action'?: (_fleetblock_v1_Action);
  'origin'?: (string);
  /**
   * Not set: whatever selector the claim has.
   */
  'target'?: (_fleetblock_v1_Selector | null);
  'reason'?: (string);
  'dryRun'?: (boolean);
  'wait'?: (_fleetblock_v1_Wait | null);
}

export interface UnblockRequest__Output {
  'prefixes': (string)[];
  'action': (_fleetblock_v1_Action__Output);
  'origin': (string);
  /**
   * Not set: whatever selector the claim has.
   */
  'target': (_fleetblock_v1_Selector__Output | null);
  'reason': (string);
  'dryRun': (boolean);
  'wait': (_fleetblock_v1_Wait__Output | null);
}
