// Original file: proto/fleetblock/v1/identity.proto


export interface RevokeTokenRequest {
  'id'?: (string);
  'reason'?: (string);
}

export interface RevokeTokenRequest__Output {
  'id': (string);
  'reason': (string);
}
