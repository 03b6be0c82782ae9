// Original file: proto/fleetblock/v1/operator.proto


export interface HostFailure {
  'name'?: (string);
  /**
   * Nack code, such as CAPACITY; DETACHED: nothing is attached to an interface; ALLOWED: an allow entry of the host's covers the
   * whole of a prefix, which therefore goes on passing.
   */
  'code'?: (string);
  'text'?: (string);
}

export interface HostFailure__Output {
  'name': (string);
  /**
   * Nack code, such as CAPACITY; DETACHED: nothing is attached to an interface; ALLOWED: an allow entry of the host's covers the
   * whole of a prefix, which therefore goes on passing.
   */
  'code': (string);
  'text': (string);
}
