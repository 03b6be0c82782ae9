// Original file: proto/fleetblock/v1/operator.proto

import type { PrefixOutcome as _fleetblock_v1_PrefixOutcome, PrefixOutcome__Output as _fleetblock_v1_PrefixOutcome__Output } from '../../fleetblock/v1/PrefixOutcome.ts';
import type { HostOutcomes as _fleetblock_v1_HostOutcomes, HostOutcomes__Output as _fleetblock_v1_HostOutcomes__Output } from '../../fleetblock/v1/HostOutcomes.ts';
import type { Confirmation as _fleetblock_v1_Confirmation, Confirmation__Output as _fleetblock_v1_Confirmation__Output } from '../../fleetblock/v1/Confirmation.ts';
import type { Long } from '@grpc/proto-loader';

export interface ChangeReply {
  /**
   * The store's revision that holds the change (unchanged when there was nothing to change).
   */
  'revision'?: (number | string | Long);
  /**
   * What became of each prefix asked for, in the order asked.
   */
  'outcomes'?: (_fleetblock_v1_PrefixOutcome)[];
  'hosts'?: (_fleetblock_v1_HostOutcomes | null);
  /**
   * From the request's arrival at the controller to the last ack (or the deadline), milliseconds.
   */
  'elapsedMs'?: (number | string);
  /**
   * What the change does not do although it was made, one sentence each: parts of a block that are allowed and go on passing,
   * blocks that an allow entry overrides.
   */
  'warnings'?: (string)[];
  /**
   * What has to be confirmed. Not set: nothing has.
   */
  'confirm'?: (_fleetblock_v1_Confirmation | null);
  /**
   * The rollout that has begun; empty: none. See RolloutService.
   */
  'rollout'?: (string);
}

export interface ChangeReply__Output {
  /**
   * The store's revision that holds the change (unchanged when there was nothing to change).
   */
  'revision': (string);
  /**
   * What became of each prefix asked for, in the order asked.
   */
  'outcomes': (_fleetblock_v1_PrefixOutcome__Output)[];
  'hosts': (_fleetblock_v1_HostOutcomes__Output | null);
  /**
   * From the request's arrival at the controller to the last ack (or the deadline), milliseconds.
   */
  'elapsedMs': (number);
  /**
   * What the change does not do although it was made, one sentence each: parts of a block that are allowed and go on passing,
   * blocks that an allow entry overrides.
   */
  'warnings': (string)[];
  /**
   * What has to be confirmed. Not set: nothing has.
   */
  'confirm': (_fleetblock_v1_Confirmation__Output | null);
  /**
   * The rollout that has begun; empty: none. See RolloutService.
   */
  'rollout': (string);
}
