// Original file: proto/fleetblock/v1/identity.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyAuditReply {
  /**
   * Records that follow from one another.
   */
  'records'?: (number | string | Long);
  /**
   * SHA-256 of the last of them: keep it elsewhere and compare.
   */
  'head'?: (Buffer | Uint8Array | string);
  /**
   * Sequence number of the first record that does not follow; 0: the chain is whole.
   */
  'brokenAt'?: (number | string | Long);
}

export interface VerifyAuditReply__Output {
  /**
   * Records that follow from one another.
   */
  'records': (string);
  /**
   * SHA-256 of the last of them: keep it elsewhere and compare.
   */
  'head': (Buffer);
  /**
   * Sequence number of the first record that does not follow; 0: the chain is whole.
   */
  'brokenAt': (string);
}
