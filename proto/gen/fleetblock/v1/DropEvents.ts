// Original file: proto/fleetblock/v1/agent.proto

import type { DropEvent as _fleetblock_v1_DropEvent, DropEvent__Output as _fleetblock_v1_DropEvent__Output } from '../../fleetblock/v1/DropEvent.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What was dropped since the last one. Not sent when nothing was.
 */
export interface DropEvents {
  /**
   * The most packets first.
   */
  'rows'?: (_fleetblock_v1_DropEvent)[];
  /**
   * Packets dropped, or only monitored, of which no row tells: the kernel samples a flood, and rows are limited.
   */
  'unreportedPackets'?: (number | string | Long);
}

/**
 * What was dropped since the last one. Not sent when nothing was.
 */
export interface DropEvents__Output {
  /**
   * The most packets first.
   */
  'rows': (_fleetblock_v1_DropEvent__Output)[];
  /**
   * Packets dropped, or only monitored, of which no row tells: the kernel samples a flood, and rows are limited.
   */
  'unreportedPackets': (string);
}
