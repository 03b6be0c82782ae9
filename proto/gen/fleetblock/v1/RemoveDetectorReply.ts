// Original file: proto/fleetblock/v1/detector.proto

import type { DetectorPolicy as _fleetblock_v1_DetectorPolicy, DetectorPolicy__Output as _fleetblock_v1_DetectorPolicy__Output } from '../../fleetblock/v1/DetectorPolicy.ts';

export interface RemoveDetectorReply {
  'policy'?: (_fleetblock_v1_DetectorPolicy | null);
}

export interface RemoveDetectorReply__Output {
  'policy': (_fleetblock_v1_DetectorPolicy__Output | null);
}
