// Original file: proto/fleetblock/v1/identity.proto

import type { Token as _fleetblock_v1_Token, Token__Output as _fleetblock_v1_Token__Output } from '../../fleetblock/v1/Token.ts';

export interface ListTokensReply {
  'tokens'?: (_fleetblock_v1_Token)[];
}

export interface ListTokensReply__Output {
  'tokens': (_fleetblock_v1_Token__Output)[];
}
