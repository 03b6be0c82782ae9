// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateOperatorTokenRequest {
  'name'?: (string);
  /**
   * viewer, operator or admin.
   */
  'role'?: (string);
  /**
   * Of the certificate, as in CreateOperatorRequest.
   */
  'ttlMs'?: (number | string | Long);
  /**
   * How long the token may be used, milliseconds, at most 24 hours; 0 for one hour.
   */
  'tokenTtlMs'?: (number | string | Long);
}

export interface CreateOperatorTokenRequest__Output {
  'name': (string);
  /**
   * viewer, operator or admin.
   */
  'role': (string);
  /**
   * Of the certificate, as in CreateOperatorRequest.
   */
  'ttlMs': (string);
  /**
   * How long the token may be used, milliseconds, at most 24 hours; 0 for one hour.
   */
  'tokenTtlMs': (string);
}
