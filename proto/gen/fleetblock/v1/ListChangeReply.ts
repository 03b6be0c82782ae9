// Original file: proto/fleetblock/v1/operator.proto

import type { HostOutcomes as _fleetblock_v1_HostOutcomes, HostOutcomes__Output as _fleetblock_v1_HostOutcomes__Output } from '../../fleetblock/v1/HostOutcomes.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListChangeReply {
  'revision'?: (number | string | Long);
  'added'?: (number | string | Long);
  /**
   * Now ends at another time.
   */
  'updated'?: (number | string | Long);
  'unchanged'?: (number | string | Long);
  'removed'?: (number | string | Long);
  'hosts'?: (_fleetblock_v1_HostOutcomes | null);
  /**
   * From the end of the request at the controller to the last ack (or the deadline), milliseconds.
   */
  'elapsedMs'?: (number | string);
}

export interface ListChangeReply__Output {
  'revision': (string);
  'added': (string);
  /**
   * Now ends at another time.
   */
  'updated': (string);
  'unchanged': (string);
  'removed': (string);
  'hosts': (_fleetblock_v1_HostOutcomes__Output | null);
  /**
   * From the end of the request at the controller to the last ack (or the deadline), milliseconds.
   */
  'elapsedMs': (number);
}
