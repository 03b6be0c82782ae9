// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateApiKeyRequest {
  /**
   * Letters, digits, dots, underscores, hyphens; 1 to 63.
   */
  'name'?: (string);
  /**
   * viewer or operator.
   */
  'role'?: (string);
  /**
   * The only origin whose claims it may change, such as crowdsec or list:NAME; empty: any. For the role operator.
   */
  'origin'?: (string);
  /**
   * Milliseconds to live; 0 for no end.
   */
  'ttlMs'?: (number | string | Long);
}

export interface CreateApiKeyRequest__Output {
  /**
   * Letters, digits, dots, underscores, hyphens; 1 to 63.
   */
  'name': (string);
  /**
   * viewer or operator.
   */
  'role': (string);
  /**
   * The only origin whose claims it may change, such as crowdsec or list:NAME; empty: any. For the role operator.
   */
  'origin': (string);
  /**
   * Milliseconds to live; 0 for no end.
   */
  'ttlMs': (string);
}
