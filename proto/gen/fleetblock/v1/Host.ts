// Original file: proto/fleetblock/v1/operator.proto

import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from '../../fleetblock/v1/Interface.ts';
import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from '../../fleetblock/v1/Counters.ts';
import type { Source as _fleetblock_v1_Source, Source__Output as _fleetblock_v1_Source__Output } from '../../fleetblock/v1/Source.ts';
import type { Long } from '@grpc/proto-loader';

export interface Host {
  'name'?: (string);
  'id'?: (string);
  /**
   * synced, lagging, offline or degraded.
   */
  'status'?: (string);
  'labels'?: ({[key: string]: string});
  /**
   * Last acked.
   */
  'revision'?: (number | string | Long);
  'entries'?: (number | string | Long);
  'interfaces'?: (_fleetblock_v1_Interface)[];
  'counters'?: (_fleetblock_v1_Counters | null);
  /**
   * Unix milliseconds; 0 for never.
   */
  'lastSeenMs'?: (number | string | Long);
  'agentVersion'?: (string);
  /**
   * One sentence each, when degraded.
   */
  'problems'?: (string)[];
  /**
   * Sources that were dropped within the last minute when it was last heard, the most packets first.
   */
  'topSources'?: (_fleetblock_v1_Source)[];
  /**
   * Times that its kernel was found to differ from what it should hold, and was repaired.
   */
  'driftRepairs'?: (number | string | Long);
  'kernelVersion'?: (string);
}

export interface Host__Output {
  'name': (string);
  'id': (string);
  /**
   * synced, lagging, offline or degraded.
   */
  'status': (string);
  'labels': ({[key: string]: string});
  /**
   * Last acked.
   */
  'revision': (string);
  'entries': (string);
  'interfaces': (_fleetblock_v1_Interface__Output)[];
  'counters': (_fleetblock_v1_Counters__Output | null);
  /**
   * Unix milliseconds; 0 for never.
   */
  'lastSeenMs': (string);
  'agentVersion': (string);
  /**
   * One sentence each, when degraded.
   */
  'problems': (string)[];
  /**
   * Sources that were dropped within the last minute when it was last heard, the most packets first.
   */
  'topSources': (_fleetblock_v1_Source__Output)[];
  /**
   * Times that its kernel was found to differ from what it should hold, and was repaired.
   */
  'driftRepairs': (string);
  'kernelVersion': (string);
}
