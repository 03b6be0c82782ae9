// Original file: proto/fleetblock/v1/agent.proto


export interface EnrollOperatorRequest {
  'tokenId'?: (string);
  'tokenSecret'?: (Buffer | Uint8Array | string);
  /**
   * SubjectPublicKeyInfo, DER. Name, role and life are the token's.
   */
  'publicKey'?: (Buffer | Uint8Array | string);
  /**
   * Signature over "fleetblock-login:" + token_id by that key (ECDSA P-256, SHA-256, DER).
   */
  'possession'?: (Buffer | Uint8Array | string);
}

export interface EnrollOperatorRequest__Output {
  'tokenId': (string);
  'tokenSecret': (Buffer);
  /**
   * SubjectPublicKeyInfo, DER. Name, role and life are the token's.
   */
  'publicKey': (Buffer);
  /**
   * Signature over "fleetblock-login:" + token_id by that key (ECDSA P-256, SHA-256, DER).
   */
  'possession': (Buffer);
}
