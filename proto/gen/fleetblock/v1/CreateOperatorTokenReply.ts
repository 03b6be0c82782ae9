// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateOperatorTokenReply {
  /**
   * The whole token, shown once.
   */
  'token'?: (string);
  'id'?: (string);
  'expiresAtMs'?: (number | string | Long);
  /**
   * HOST:PORT by which the controller says that it is reached.
   */
  'controller'?: (string);
}

export interface CreateOperatorTokenReply__Output {
  /**
   * The whole token, shown once.
   */
  'token': (string);
  'id': (string);
  'expiresAtMs': (string);
  /**
   * HOST:PORT by which the controller says that it is reached.
   */
  'controller': (string);
}
