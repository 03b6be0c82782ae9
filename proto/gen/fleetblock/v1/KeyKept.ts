// Original file: proto/fleetblock/v1/agent.proto


/**
 * The session key that Welcome brought is on this host's disk: it will be shown from now on.
 */
export interface KeyKept {
  'key'?: (Buffer | Uint8Array | string);
}

/**
 * The session key that Welcome brought is on this host's disk: it will be shown from now on.
 */
export interface KeyKept__Output {
  'key': (Buffer);
}
