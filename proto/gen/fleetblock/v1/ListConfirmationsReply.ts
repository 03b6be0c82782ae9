// Original file: proto/fleetblock/v1/operator.proto

import type { Confirmation as _fleetblock_v1_Confirmation, Confirmation__Output as _fleetblock_v1_Confirmation__Output } from '../../fleetblock/v1/Confirmation.ts';

export interface ListConfirmationsReply {
  /**
   * The first to be undone first, as many as fit a message.
   */
  'confirmations'?: (_fleetblock_v1_Confirmation)[];
}

export interface ListConfirmationsReply__Output {
  /**
   * The first to be undone first, as many as fit a message.
   */
  'confirmations': (_fleetblock_v1_Confirmation__Output)[];
}
