// Original file: proto/fleetblock/v1/detector.proto

import type { DetectorPolicy as _fleetblock_v1_DetectorPolicy, DetectorPolicy__Output as _fleetblock_v1_DetectorPolicy__Output } from '../../fleetblock/v1/DetectorPolicy.ts';

export interface SetDetectorRequest {
  'policy'?: (_fleetblock_v1_DetectorPolicy | null);
  'reason'?: (string);
}

export interface SetDetectorRequest__Output {
  'policy': (_fleetblock_v1_DetectorPolicy__Output | null);
  'reason': (string);
}
