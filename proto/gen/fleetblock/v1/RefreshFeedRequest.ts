// Original file: proto/fleetblock/v1/feeds.proto


export interface RefreshFeedRequest {
  'name'?: (string);
  /**
   * What is held of it is meant.
   */
  'accept'?: (boolean);
  'dryRun'?: (boolean);
  /**
   * Names of hosts whose word that they talk to a listed address does not halt it.
   */
  'ignoreHosts'?: (string)[];
}

export interface RefreshFeedRequest__Output {
  'name': (string);
  /**
   * What is held of it is meant.
   */
  'accept': (boolean);
  'dryRun': (boolean);
  /**
   * Names of hosts whose word that they talk to a listed address does not halt it.
   */
  'ignoreHosts': (string)[];
}
