// Original file: proto/fleetblock/v1/identity.proto


export interface RenewOperatorRequest {
  /**
   * SubjectPublicKeyInfo, DER, ECDSA P-256.
   */
  'publicKey'?: (Buffer | Uint8Array | string);
  /**
   * Signature over "fleetblock-operator:" + name by that key (SHA-256, DER): proof of possession.
   */
  'possession'?: (Buffer | Uint8Array | string);
}

export interface RenewOperatorRequest__Output {
  /**
   * SubjectPublicKeyInfo, DER, ECDSA P-256.
   */
  'publicKey': (Buffer);
  /**
   * Signature over "fleetblock-operator:" + name by that key (SHA-256, DER): proof of possession.
   */
  'possession': (Buffer);
}
