// Original file: proto/fleetblock/v1/detector.proto

import type { DetectorPolicy as _fleetblock_v1_DetectorPolicy, DetectorPolicy__Output as _fleetblock_v1_DetectorPolicy__Output } from '../../fleetblock/v1/DetectorPolicy.ts';

export interface SetDetectorReply {
  'policy'?: (_fleetblock_v1_DetectorPolicy | null);
}

export interface SetDetectorReply__Output {
  'policy': (_fleetblock_v1_DetectorPolicy__Output | null);
}
