// Original file: proto/fleetblock/v1/operator.proto

import type { Claim as _fleetblock_v1_Claim, Claim__Output as _fleetblock_v1_Claim__Output } from '../../fleetblock/v1/Claim.ts';
import type { HostCheck as _fleetblock_v1_HostCheck, HostCheck__Output as _fleetblock_v1_HostCheck__Output } from '../../fleetblock/v1/HostCheck.ts';

/**
 * One answer in bounded messages: claims and hosts of all of them, in their order.
 */
export interface CheckReply {
  /**
   * Canonical. Only in the first.
   */
  'prefix'?: (string);
  /**
   * Single claims and rows of lists that cover it, the most exact first.
   */
  'claims'?: (_fleetblock_v1_Claim)[];
  'hosts'?: (_fleetblock_v1_HostCheck)[];
}

/**
 * One answer in bounded messages: claims and hosts of all of them, in their order.
 */
export interface CheckReply__Output {
  /**
   * Canonical. Only in the first.
   */
  'prefix': (string);
  /**
   * Single claims and rows of lists that cover it, the most exact first.
   */
  'claims': (_fleetblock_v1_Claim__Output)[];
  'hosts': (_fleetblock_v1_HostCheck__Output)[];
}
