// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/fleetblock/v1/agent.proto

export const _fleetblock_v1_Nack_Code = {
  CODE_UNSPECIFIED: 'CODE_UNSPECIFIED',
  /**
   * The maps cannot hold it.
   */
  CAPACITY: 'CAPACITY',
  /**
   * from_revision is not what the agent holds: send a snapshot.
   */
  SEQUENCE: 'SEQUENCE',
  /**
   * A lower revision of the same epoch.
   */
  REVISION_REGRESSION: 'REVISION_REGRESSION',
  /**
   * Another store epoch than the one that the agent holds.
   */
  EPOCH_MISMATCH: 'EPOCH_MISMATCH',
  /**
   * The view's digest differs from what the agent computed: send a snapshot.
   */
  DIGEST: 'DIGEST',
  /**
   * A system call failed.
   */
  KERNEL: 'KERNEL',
  /**
   * The message does not decode into canonical entries.
   */
  MALFORMED: 'MALFORMED',
} as const;

export type _fleetblock_v1_Nack_Code =
  | 'CODE_UNSPECIFIED'
  | 0
  /**
   * The maps cannot hold it.
   */
  | 'CAPACITY'
  | 1
  /**
   * from_revision is not what the agent holds: send a snapshot.
   */
  | 'SEQUENCE'
  | 2
  /**
   * A lower revision of the same epoch.
   */
  | 'REVISION_REGRESSION'
  | 3
  /**
   * Another store epoch than the one that the agent holds.
   */
  | 'EPOCH_MISMATCH'
  | 4
  /**
   * The view's digest differs from what the agent computed: send a snapshot.
   */
  | 'DIGEST'
  | 5
  /**
   * A system call failed.
   */
  | 'KERNEL'
  | 6
  /**
   * The message does not decode into canonical entries.
   */
  | 'MALFORMED'
  | 7

export type _fleetblock_v1_Nack_Code__Output = typeof _fleetblock_v1_Nack_Code[keyof typeof _fleetblock_v1_Nack_Code]

/**
 * The revision was refused as a whole; the one before it is still enforced.
 */
export interface Nack {
  'revision'?: (number | string | Long);
  'code'?: (_fleetblock_v1_Nack_Code);
  'text'?: (string);
}

/**
 * The revision was refused as a whole; the one before it is still enforced.
 */
export interface Nack__Output {
  'revision': (string);
  'code': (_fleetblock_v1_Nack_Code__Output);
  'text': (string);
}
