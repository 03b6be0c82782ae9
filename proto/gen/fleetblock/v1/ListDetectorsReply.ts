// Original file: proto/fleetblock/v1/detector.proto

import type { Detector as _fleetblock_v1_Detector, Detector__Output as _fleetblock_v1_Detector__Output } from '../../fleetblock/v1/Detector.ts';

export interface ListDetectorsReply {
  'detectors'?: (_fleetblock_v1_Detector)[];
}

export interface ListDetectorsReply__Output {
  'detectors': (_fleetblock_v1_Detector__Output)[];
}
