// Original file: proto/fleetblock/v1/identity.proto


export interface RevokeApiKeyRequest {
  'name'?: (string);
  'reason'?: (string);
}

export interface RevokeApiKeyRequest__Output {
  'name': (string);
  'reason': (string);
}
