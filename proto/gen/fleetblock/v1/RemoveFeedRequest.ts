// Original file: proto/fleetblock/v1/feeds.proto


export interface RemoveFeedRequest {
  'name'?: (string);
  /**
   * Leave its list as it is.
   */
  'keepList'?: (boolean);
  'reason'?: (string);
}

export interface RemoveFeedRequest__Output {
  'name': (string);
  /**
   * Leave its list as it is.
   */
  'keepList': (boolean);
  'reason': (string);
}
