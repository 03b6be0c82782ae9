// Original file: proto/fleetblock/v1/identity.proto

import type { OperatorToken as _fleetblock_v1_OperatorToken, OperatorToken__Output as _fleetblock_v1_OperatorToken__Output } from '../../fleetblock/v1/OperatorToken.ts';

export interface ListOperatorTokensReply {
  'tokens'?: (_fleetblock_v1_OperatorToken)[];
}

export interface ListOperatorTokensReply__Output {
  'tokens': (_fleetblock_v1_OperatorToken__Output)[];
}
