// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateOperatorRequest {
  /**
   * Letters, digits, dots, underscores, hyphens; 1 to 63.
   */
  'name'?: (string);
  /**
   * viewer, operator or admin.
   */
  'role'?: (string);
  /**
   * Milliseconds to live, 12 hours to 30 days; 0 for 7 days.
   */
  'ttlMs'?: (number | string | Long);
  /**
   * SubjectPublicKeyInfo, DER, ECDSA P-256.
   */
  'publicKey'?: (Buffer | Uint8Array | string);
  /**
   * Signature over "fleetblock-operator:" + name by that key (SHA-256, DER): proof of possession.
   */
  'possession'?: (Buffer | Uint8Array | string);
}

export interface CreateOperatorRequest__Output {
  /**
   * Letters, digits, dots, underscores, hyphens; 1 to 63.
   */
  'name': (string);
  /**
   * viewer, operator or admin.
   */
  'role': (string);
  /**
   * Milliseconds to live, 12 hours to 30 days; 0 for 7 days.
   */
  'ttlMs': (string);
  /**
   * SubjectPublicKeyInfo, DER, ECDSA P-256.
   */
  'publicKey': (Buffer);
  /**
   * Signature over "fleetblock-operator:" + name by that key (SHA-256, DER): proof of possession.
   */
  'possession': (Buffer);
}
