// Original file: proto/fleetblock/v1/operator.proto

import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from '../../fleetblock/v1/Wait.ts';

export interface IncludeInListRequest {
  /**
   * Without "list:".
   */
  'list'?: (string);
  'prefixes'?: (string)[];
  'reason'?: (string);
  'dryRun'?: (boolean);
  'wait'?: (_fleetblock_v1_Wait | null);
}

export interface IncludeInListRequest__Output {
  /**
   * Without "list:".
   */
  'list': (string);
  'prefixes': (string)[];
  'reason': (string);
  'dryRun': (boolean);
  'wait': (_fleetblock_v1_Wait__Output | null);
}
