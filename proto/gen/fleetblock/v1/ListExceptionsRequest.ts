// Original file: proto/fleetblock/v1/operator.proto


export interface ListExceptionsRequest {
  /**
   * Without "list:".
   */
  'list'?: (string);
}

export interface ListExceptionsRequest__Output {
  /**
   * Without "list:".
   */
  'list': (string);
}
