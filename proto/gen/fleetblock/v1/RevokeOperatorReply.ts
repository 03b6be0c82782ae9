// Original file: proto/fleetblock/v1/identity.proto

import type { Operator as _fleetblock_v1_Operator, Operator__Output as _fleetblock_v1_Operator__Output } from '../../fleetblock/v1/Operator.ts';

export interface RevokeOperatorReply {
  'revoked'?: (_fleetblock_v1_Operator)[];
}

export interface RevokeOperatorReply__Output {
  'revoked': (_fleetblock_v1_Operator__Output)[];
}
