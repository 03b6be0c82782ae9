// Original file: proto/fleetblock/v1/operator.proto

import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';

export interface ListHostsRequest {
  /**
   * Not set: all.
   */
  'target'?: (_fleetblock_v1_Selector | null);
  /**
   * Only hosts in one of these states (synced, lagging, offline, degraded); empty: any.
   */
  'statuses'?: (string)[];
  /**
   * Upper limit, the first by name; 0: all.
   */
  'limit'?: (number);
}

export interface ListHostsRequest__Output {
  /**
   * Not set: all.
   */
  'target': (_fleetblock_v1_Selector__Output | null);
  /**
   * Only hosts in one of these states (synced, lagging, offline, degraded); empty: any.
   */
  'statuses': (string)[];
  /**
   * Upper limit, the first by name; 0: all.
   */
  'limit': (number);
}
