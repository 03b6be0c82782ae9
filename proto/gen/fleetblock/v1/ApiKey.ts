// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A key as it is remembered: without its secret.
 */
export interface ApiKey {
  'id'?: (string);
  'name'?: (string);
  'role'?: (string);
  'origin'?: (string);
  /**
   * Who made it.
   */
  'actor'?: (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs'?: (number | string | Long);
  /**
   * Unix milliseconds; 0 for no end.
   */
  'expiresAtMs'?: (number | string | Long);
  /**
   * Unix milliseconds; 0: it is not revoked.
   */
  'revokedAtMs'?: (number | string | Long);
  /**
   * Unix milliseconds, to the minute; 0: never.
   */
  'usedAtMs'?: (number | string | Long);
}

/**
 * A key as it is remembered: without its secret.
 */
export interface ApiKey__Output {
  'id': (string);
  'name': (string);
  'role': (string);
  'origin': (string);
  /**
   * Who made it.
   */
  'actor': (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs': (string);
  /**
   * Unix milliseconds; 0 for no end.
   */
  'expiresAtMs': (string);
  /**
   * Unix milliseconds; 0: it is not revoked.
   */
  'revokedAtMs': (string);
  /**
   * Unix milliseconds, to the minute; 0: never.
   */
  'usedAtMs': (string);
}
