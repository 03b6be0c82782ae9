// Original file: proto/fleetblock/v1/operator.proto

import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from '../../fleetblock/v1/Interface.ts';
import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from '../../fleetblock/v1/Counters.ts';
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
}
