// Original file: proto/fleetblock/v1/detector.proto

import type { DetectorPolicy as _fleetblock_v1_DetectorPolicy, DetectorPolicy__Output as _fleetblock_v1_DetectorPolicy__Output } from '../../fleetblock/v1/DetectorPolicy.ts';
import type { Long } from '@grpc/proto-loader';

export interface Detector {
  'policy'?: (_fleetblock_v1_DetectorPolicy | null);
  /**
   * Since this controller started: addresses that were taken, those that were refused, and the last refusal.
   */
  'taken'?: (number | string | Long);
  'refused'?: (number | string | Long);
  'lastRefusal'?: (string);
  /**
   * Addresses that had to be reported again later, each time they were, and why the last ones.
   */
  'delayed'?: (number | string | Long);
  'lastDelay'?: (string);
}

export interface Detector__Output {
  'policy': (_fleetblock_v1_DetectorPolicy__Output | null);
  /**
   * Since this controller started: addresses that were taken, those that were refused, and the last refusal.
   */
  'taken': (string);
  'refused': (string);
  'lastRefusal': (string);
  /**
   * Addresses that had to be reported again later, each time they were, and why the last ones.
   */
  'delayed': (string);
  'lastDelay': (string);
}
