// Original file: proto/fleetblock/v1/hooks.proto

import type { Hook as _fleetblock_v1_Hook, Hook__Output as _fleetblock_v1_Hook__Output } from '../../fleetblock/v1/Hook.ts';

export interface ListHooksReply {
  'hooks'?: (_fleetblock_v1_Hook)[];
}

export interface ListHooksReply__Output {
  'hooks': (_fleetblock_v1_Hook__Output)[];
}
