// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface EnrollOperatorResponse {
  'name'?: (string);
  'role'?: (string);
  'fleet'?: (string);
  /**
   * PEM: the certificate followed by its issuer.
   */
  'certificateChain'?: (string);
  /**
   * PEM.
   */
  'rootCertificate'?: (string);
  /**
   * Unix milliseconds.
   */
  'expiresAtMs'?: (number | string | Long);
}

export interface EnrollOperatorResponse__Output {
  'name': (string);
  'role': (string);
  'fleet': (string);
  /**
   * PEM: the certificate followed by its issuer.
   */
  'certificateChain': (string);
  /**
   * PEM.
   */
  'rootCertificate': (string);
  /**
   * Unix milliseconds.
   */
  'expiresAtMs': (string);
}
