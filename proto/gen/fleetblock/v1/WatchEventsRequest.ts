// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface WatchEventsRequest {
  /**
   * Only events after this sequence number; 0: all that are remembered.
   */
  'afterSequence'?: (number | string | Long);
  /**
   * At most this many of the remembered ones, the newest; 0: all.
   */
  'last'?: (number);
  /**
   * Go on with what happens from now on.
   */
  'follow'?: (boolean);
  /**
   * Only events of this host; empty: all.
   */
  'host'?: (string);
}

export interface WatchEventsRequest__Output {
  /**
   * Only events after this sequence number; 0: all that are remembered.
   */
  'afterSequence': (string);
  /**
   * At most this many of the remembered ones, the newest; 0: all.
   */
  'last': (number);
  /**
   * Go on with what happens from now on.
   */
  'follow': (boolean);
  /**
   * Only events of this host; empty: all.
   */
  'host': (string);
}
