// Original file: proto/fleetblock/v1/operator.proto

import type { Wait as _fleetblock_v1_Wait, Wait__Output as _fleetblock_v1_Wait__Output } from '../../fleetblock/v1/Wait.ts';

export interface RemoveListRequest {
  'list'?: (string);
  'reason'?: (string);
  'dryRun'?: (boolean);
  'wait'?: (_fleetblock_v1_Wait | null);
}

export interface RemoveListRequest__Output {
  'list': (string);
  'reason': (string);
  'dryRun': (boolean);
  'wait': (_fleetblock_v1_Wait__Output | null);
}
