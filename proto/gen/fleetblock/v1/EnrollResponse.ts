// Original file: proto/fleetblock/v1/agent.proto


export interface EnrollResponse {
  'hostId'?: (string);
  'hostName'?: (string);
  'fleet'?: (string);
  /**
   * PEM: the host's certificate followed by its issuer.
   */
  'certificateChain'?: (string);
  /**
   * PEM: the fleet's root, the only one that the agent trusts.
   */
  'rootCertificate'?: (string);
}

export interface EnrollResponse__Output {
  'hostId': (string);
  'hostName': (string);
  'fleet': (string);
  /**
   * PEM: the host's certificate followed by its issuer.
   */
  'certificateChain': (string);
  /**
   * PEM: the fleet's root, the only one that the agent trusts.
   */
  'rootCertificate': (string);
}
