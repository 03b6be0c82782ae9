// Original file: proto/fleetblock/v1/operator.proto


/**
 * How long to wait for every targeted host's ack. Not set: answer once the change is committed.
 */
export interface Wait {
  'timeoutMs'?: (number);
}

/**
 * How long to wait for every targeted host's ack. Not set: answer once the change is committed.
 */
export interface Wait__Output {
  'timeoutMs': (number);
}
