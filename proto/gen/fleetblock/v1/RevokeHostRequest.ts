// Original file: proto/fleetblock/v1/identity.proto


export interface RevokeHostRequest {
  'name'?: (string);
  'reason'?: (string);
}

export interface RevokeHostRequest__Output {
  'name': (string);
  'reason': (string);
}
