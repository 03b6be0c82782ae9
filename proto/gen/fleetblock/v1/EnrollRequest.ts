// Original file: proto/fleetblock/v1/agent.proto


export interface EnrollRequest {
  'tokenId'?: (string);
  'tokenSecret'?: (Buffer | Uint8Array | string);
  /**
   * Wanted host name, unique in the fleet.
   */
  'hostName'?: (string);
  'labels'?: ({[key: string]: string});
  /**
   * SubjectPublicKeyInfo, DER. The controller takes nothing else from the host into the certificate.
   */
  'publicKey'?: (Buffer | Uint8Array | string);
  /**
   * Signature over "fleetblock-enroll:" + token_id by that key (ECDSA P-256, SHA-256, DER): proof of possession.
   */
  'possession'?: (Buffer | Uint8Array | string);
  'agentVersion'?: (string);
}

export interface EnrollRequest__Output {
  'tokenId': (string);
  'tokenSecret': (Buffer);
  /**
   * Wanted host name, unique in the fleet.
   */
  'hostName': (string);
  'labels': ({[key: string]: string});
  /**
   * SubjectPublicKeyInfo, DER. The controller takes nothing else from the host into the certificate.
   */
  'publicKey': (Buffer);
  /**
   * Signature over "fleetblock-enroll:" + token_id by that key (ECDSA P-256, SHA-256, DER): proof of possession.
   */
  'possession': (Buffer);
  'agentVersion': (string);
}
