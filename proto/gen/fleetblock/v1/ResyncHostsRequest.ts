// Original file: proto/fleetblock/v1/operator.proto

import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from '../../fleetblock/v1/Wait.ts';

export interface ResyncHostsRequest {
  /**
   * Required: all hosts only when it says so.
   */
  'target'?: (_fleetblock_v1_Selector | null);
  'reason'?: (string);
  'wait'?: (_fleetblock_v1_Wait | null);
}

export interface ResyncHostsRequest__Output {
  /**
   * Required: all hosts only when it says so.
   */
  'target': (_fleetblock_v1_Selector__Output | null);
  'reason': (string);
  'wait': (_fleetblock_v1_Wait__Output | null);
}
