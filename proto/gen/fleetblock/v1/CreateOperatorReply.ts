// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateOperatorReply {
  /**
   * PEM: the certificate followed by its issuer.
   */
  'certificateChain'?: (string);
  /**
   * PEM.
   */
  'rootCertificate'?: (string);
  'fleet'?: (string);
  /**
   * HOST:PORT by which the controller says that it is reached.
   */
  'controller'?: (string);
  'serial'?: (string);
  /**
   * Unix milliseconds.
   */
  'expiresAtMs'?: (number | string | Long);
}

export interface CreateOperatorReply__Output {
  /**
   * PEM: the certificate followed by its issuer.
   */
  'certificateChain': (string);
  /**
   * PEM.
   */
  'rootCertificate': (string);
  'fleet': (string);
  /**
   * HOST:PORT by which the controller says that it is reached.
   */
  'controller': (string);
  'serial': (string);
  /**
   * Unix milliseconds.
   */
  'expiresAtMs': (string);
}
