// Original file: proto/fleetblock/v1/identity.proto


export interface RenewOperatorReply {
  /**
   * PEM: the new certificate followed by its issuer.
   */
  'certificateChain'?: (string);
}

export interface RenewOperatorReply__Output {
  /**
   * PEM: the new certificate followed by its issuer.
   */
  'certificateChain': (string);
}
