// Original file: proto/fleetblock/v1/feeds.proto


export interface PauseFeedRequest {
  'name'?: (string);
  /**
   * False: resume.
   */
  'paused'?: (boolean);
  'reason'?: (string);
}

export interface PauseFeedRequest__Output {
  'name': (string);
  /**
   * False: resume.
   */
  'paused': (boolean);
  'reason': (string);
}
