// Original file: proto/fleetblock/v1/rollouts.proto

import type { Rollout as _fleetblock_v1_Rollout, Rollout__Output as _fleetblock_v1_Rollout__Output } from '../../fleetblock/v1/Rollout.ts';

export interface ListRolloutsReply {
  'rollouts'?: (_fleetblock_v1_Rollout)[];
}

export interface ListRolloutsReply__Output {
  'rollouts': (_fleetblock_v1_Rollout__Output)[];
}
