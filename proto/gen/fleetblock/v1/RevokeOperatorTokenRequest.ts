// Original file: proto/fleetblock/v1/identity.proto


export interface RevokeOperatorTokenRequest {
  'id'?: (string);
  'reason'?: (string);
}

export interface RevokeOperatorTokenRequest__Output {
  'id': (string);
  'reason': (string);
}
