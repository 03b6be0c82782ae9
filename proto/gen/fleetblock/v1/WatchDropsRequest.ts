// Original file: proto/fleetblock/v1/operator.proto


export interface WatchDropsRequest {
  /**
   * Only of this host; empty: all that are connected, each of them then less often.
   */
  'host'?: (string);
}

export interface WatchDropsRequest__Output {
  /**
   * Only of this host; empty: all that are connected, each of them then less often.
   */
  'host': (string);
}
