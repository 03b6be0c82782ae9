// Original file: proto/fleetblock/v1/identity.proto


export interface RevokeOperatorRequest {
  /**
   * All certificates of this name that are neither revoked nor expired...
   */
  'name'?: (string);
  /**
   * ...or this one, with those that renewed it or that it renewed.
   */
  'serial'?: (string);
  'reason'?: (string);
  /**
   * Even when no admin's certificate is left then.
   */
  'lastAdmin'?: (boolean);
}

export interface RevokeOperatorRequest__Output {
  /**
   * All certificates of this name that are neither revoked nor expired...
   */
  'name': (string);
  /**
   * ...or this one, with those that renewed it or that it renewed.
   */
  'serial': (string);
  'reason': (string);
  /**
   * Even when no admin's certificate is left then.
   */
  'lastAdmin': (boolean);
}
