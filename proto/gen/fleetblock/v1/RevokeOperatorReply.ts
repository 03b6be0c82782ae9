// Original file: proto/fleetblock/v1/identity.proto

import type { Operator as _fleetblock_v1_Operator, Operator__Output as _fleetblock_v1_Operator__Output } from '../../fleetblock/v1/Operator.ts';
import type { OperatorToken as _fleetblock_v1_OperatorToken, OperatorToken__Output as _fleetblock_v1_OperatorToken__Output } from '../../fleetblock/v1/OperatorToken.ts';

export interface RevokeOperatorReply {
  /**
   * As many as fit a message.
   */
  'revoked'?: (_fleetblock_v1_Operator)[];
  /**
   * Login tokens that are refused from now on.
   */
  'tokens'?: (_fleetblock_v1_OperatorToken)[];
}

export interface RevokeOperatorReply__Output {
  /**
   * As many as fit a message.
   */
  'revoked': (_fleetblock_v1_Operator__Output)[];
  /**
   * Login tokens that are refused from now on.
   */
  'tokens': (_fleetblock_v1_OperatorToken__Output)[];
}
