// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/fleetblock/v1/agent.proto

export const _fleetblock_v1_Lapse_Kind = {
  KIND_UNSPECIFIED: 'KIND_UNSPECIFIED',
  /**
   * Packets that should have been dropped could pass.
   */
  UNPROTECTED: 'UNPROTECTED',
  /**
   * None could, but had the agent ended then, all would have.
   */
  REPAIRED: 'REPAIRED',
  /**
   * The maps held something else than they should.
   */
  DRIFT: 'DRIFT',
} as const;

export type _fleetblock_v1_Lapse_Kind =
  | 'KIND_UNSPECIFIED'
  | 0
  /**
   * Packets that should have been dropped could pass.
   */
  | 'UNPROTECTED'
  | 1
  /**
   * None could, but had the agent ended then, all would have.
   */
  | 'REPAIRED'
  | 2
  /**
   * The maps held something else than they should.
   */
  | 'DRIFT'
  | 3

export type _fleetblock_v1_Lapse_Kind__Output = typeof _fleetblock_v1_Lapse_Kind[keyof typeof _fleetblock_v1_Lapse_Kind]

/**
 * Something undid a part of the datapath behind the agent's back, and the agent has repaired it.
 */
export interface Lapse {
  /**
   * Random: the same in every status that reports it.
   */
  'id'?: (number | string | Long);
  'kind'?: (_fleetblock_v1_Lapse_Kind);
  /**
   * What happened, one line of at most 300 characters.
   */
  'text'?: (string);
  /**
   * Milliseconds that it lasted at most.
   */
  'atMostMs'?: (number | string | Long);
  /**
   * Milliseconds between its end and this message.
   */
  'agoMs'?: (number | string | Long);
}

/**
 * Something undid a part of the datapath behind the agent's back, and the agent has repaired it.
 */
export interface Lapse__Output {
  /**
   * Random: the same in every status that reports it.
   */
  'id': (string);
  'kind': (_fleetblock_v1_Lapse_Kind__Output);
  /**
   * What happened, one line of at most 300 characters.
   */
  'text': (string);
  /**
   * Milliseconds that it lasted at most.
   */
  'atMostMs': (string);
  /**
   * Milliseconds between its end and this message.
   */
  'agoMs': (string);
}
