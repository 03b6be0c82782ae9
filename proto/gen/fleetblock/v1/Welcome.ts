// Original file: proto/fleetblock/v1/agent.proto


export interface Welcome {
  'protocol'?: (number);
  'storeEpoch'?: (string);
  'hostName'?: (string);
  /**
   * How often the agent sends Status, and how long either side waits for any message before it drops the stream.
   */
  'statusIntervalMs'?: (number);
  'silenceLimitMs'?: (number);
}

export interface Welcome__Output {
  'protocol': (number);
  'storeEpoch': (string);
  'hostName': (string);
  /**
   * How often the agent sends Status, and how long either side waits for any message before it drops the stream.
   */
  'statusIntervalMs': (number);
  'silenceLimitMs': (number);
}
