// Original file: proto/fleetblock/v1/rollouts.proto


export interface RolloutRequest {
  'id'?: (string);
  'reason'?: (string);
}

export interface RolloutRequest__Output {
  'id': (string);
  'reason': (string);
}
