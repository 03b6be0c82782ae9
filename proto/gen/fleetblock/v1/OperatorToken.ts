// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A login token as it is remembered: without its secret.
 */
export interface OperatorToken {
  'id'?: (string);
  'name'?: (string);
  'role'?: (string);
  /**
   * Who made it.
   */
  'actor'?: (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
  /**
   * 0: not revoked.
   */
  'revokedAtMs'?: (number | string | Long);
  'used'?: (boolean);
  /**
   * Of the certificate that it was used for, hexadecimal; empty: of none.
   */
  'serial'?: (string);
}

/**
 * A login token as it is remembered: without its secret.
 */
export interface OperatorToken__Output {
  'id': (string);
  'name': (string);
  'role': (string);
  /**
   * Who made it.
   */
  'actor': (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs': (string);
  'expiresAtMs': (string);
  /**
   * 0: not revoked.
   */
  'revokedAtMs': (string);
  'used': (boolean);
  /**
   * Of the certificate that it was used for, hexadecimal; empty: of none.
   */
  'serial': (string);
}
