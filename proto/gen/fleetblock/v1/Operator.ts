// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One certificate of a person or a program; a name may have several.
 */
export interface Operator {
  'name'?: (string);
  'role'?: (string);
  /**
   * Hexadecimal.
   */
  'serial'?: (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
  /**
   * 0: not revoked.
   */
  'revokedAtMs'?: (number | string | Long);
}

/**
 * One certificate of a person or a program; a name may have several.
 */
export interface Operator__Output {
  'name': (string);
  'role': (string);
  /**
   * Hexadecimal.
   */
  'serial': (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs': (string);
  'expiresAtMs': (string);
  /**
   * 0: not revoked.
   */
  'revokedAtMs': (string);
}
