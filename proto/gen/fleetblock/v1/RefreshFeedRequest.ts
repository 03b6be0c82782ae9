// Original file: proto/fleetblock/v1/feeds.proto


export interface RefreshFeedRequest {
  'name'?: (string);
  /**
   * What is held of it is meant.
   */
  'accept'?: (boolean);
  'dryRun'?: (boolean);
}

export interface RefreshFeedRequest__Output {
  'name': (string);
  /**
   * What is held of it is meant.
   */
  'accept': (boolean);
  'dryRun': (boolean);
}
