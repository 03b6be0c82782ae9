// Original file: proto/fleetblock/v1/operator.proto


export interface HostFailure {
  'name'?: (string);
  /**
   * Nack code, such as CAPACITY.
   */
  'code'?: (string);
  'text'?: (string);
}

export interface HostFailure__Output {
  'name': (string);
  /**
   * Nack code, such as CAPACITY.
   */
  'code': (string);
  'text': (string);
}
