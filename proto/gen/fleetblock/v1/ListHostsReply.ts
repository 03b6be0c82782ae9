// Original file: proto/fleetblock/v1/operator.proto

import type { Host as _fleetblock_v1_Host, Host__Output as _fleetblock_v1_Host__Output } from '../../fleetblock/v1/Host.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * At most 200 hosts and some 256 KiB. All but the hosts is in the first of them.
 */
export interface ListHostsReply {
  'hosts'?: (_fleetblock_v1_Host)[];
  'revision'?: (number | string | Long);
  /**
   * How many of the targeted hosts are in each state, whatever statuses and limit say.
   */
  'counts'?: ({[key: string]: number});
  /**
   * What is wrong with the controller itself, one sentence each, whatever was asked for: its clock, a quarantine.
   */
  'warnings'?: (string)[];
}

/**
 * At most 200 hosts and some 256 KiB. All but the hosts is in the first of them.
 */
export interface ListHostsReply__Output {
  'hosts': (_fleetblock_v1_Host__Output)[];
  'revision': (string);
  /**
   * How many of the targeted hosts are in each state, whatever statuses and limit say.
   */
  'counts': ({[key: string]: number});
  /**
   * What is wrong with the controller itself, one sentence each, whatever was asked for: its clock, a quarantine.
   */
  'warnings': (string)[];
}
