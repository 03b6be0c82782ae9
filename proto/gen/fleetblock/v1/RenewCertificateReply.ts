// Original file: proto/fleetblock/v1/identity.proto


export interface RenewCertificateReply {
  /**
   * PEM: the new certificate followed by its issuer.
   */
  'certificateChain'?: (string);
}

export interface RenewCertificateReply__Output {
  /**
   * PEM: the new certificate followed by its issuer.
   */
  'certificateChain': (string);
}
