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
  /**
   * Longest wait between two attempts to connect again, were this stream to end: short in a small fleet, longer in a large one,
   * whose hosts would otherwise come back faster than they can be served. 0: as the agent thinks.
   */
  'reconnectLimitMs'?: (number);
  /**
   * To be kept, and to be shown in the next Hello: a copy of this host's state would show another.
   */
  'sessionKey'?: (Buffer | Uint8Array | string);
  /**
   * It answers Reports: one that does not say so would ignore them.
   */
  'takesReports'?: (boolean);
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
  /**
   * Longest wait between two attempts to connect again, were this stream to end: short in a small fleet, longer in a large one,
   * whose hosts would otherwise come back faster than they can be served. 0: as the agent thinks.
   */
  'reconnectLimitMs': (number);
  /**
   * To be kept, and to be shown in the next Hello: a copy of this host's state would show another.
   */
  'sessionKey': (Buffer);
  /**
   * It answers Reports: one that does not say so would ignore them.
   */
  'takesReports': (boolean);
}
