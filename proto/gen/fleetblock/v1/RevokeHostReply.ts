// Original file: proto/fleetblock/v1/identity.proto


export interface RevokeHostReply {
  'id'?: (string);
  'name'?: (string);
}

export interface RevokeHostReply__Output {
  'id': (string);
  'name': (string);
}
