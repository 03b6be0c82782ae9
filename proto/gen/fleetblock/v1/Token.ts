// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

/**
 * An enrollment token as it is remembered: without its secret.
 */
export interface Token {
  'id'?: (string);
  /**
   * Who made it.
   */
  'actor'?: (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
  'maxUses'?: (number);
  'uses'?: (number);
  'labels'?: ({[key: string]: string});
  /**
   * The only host name that it enrolls; empty: any.
   */
  'hostName'?: (string);
  /**
   * 0: not revoked.
   */
  'revokedAtMs'?: (number | string | Long);
  /**
   * The host of that name keeps its identity.
   */
  'keepIdentity'?: (boolean);
  /**
   * Hosts get these labels alone.
   */
  'onlyLabels'?: (boolean);
}

/**
 * An enrollment token as it is remembered: without its secret.
 */
export interface Token__Output {
  'id': (string);
  /**
   * Who made it.
   */
  'actor': (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs': (string);
  'expiresAtMs': (string);
  'maxUses': (number);
  'uses': (number);
  'labels': ({[key: string]: string});
  /**
   * The only host name that it enrolls; empty: any.
   */
  'hostName': (string);
  /**
   * 0: not revoked.
   */
  'revokedAtMs': (string);
  /**
   * The host of that name keeps its identity.
   */
  'keepIdentity': (boolean);
  /**
   * Hosts get these labels alone.
   */
  'onlyLabels': (boolean);
}
