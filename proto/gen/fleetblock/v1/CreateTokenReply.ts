// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateTokenReply {
  /**
   * The whole token, shown once. See common/text/token.ts for its form.
   */
  'token'?: (string);
  'id'?: (string);
  'expiresAtMs'?: (number | string | Long);
}

export interface CreateTokenReply__Output {
  /**
   * The whole token, shown once. See common/text/token.ts for its form.
   */
  'token': (string);
  'id': (string);
  'expiresAtMs': (string);
}
