// Original file: proto/fleetblock/v1/operator.proto


export interface CheckWaitRequest {
  'id'?: (string);
}

export interface CheckWaitRequest__Output {
  'id': (string);
}
