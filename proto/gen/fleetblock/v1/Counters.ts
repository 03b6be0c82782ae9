// Original file: proto/fleetblock/v1/types.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Totals since the maps were made; they survive restarts of the agent.
 */
export interface Counters {
  'droppedPackets'?: (number | string | Long);
  'droppedBytes'?: (number | string | Long);
  'passedPackets'?: (number | string | Long);
  'passedBytes'?: (number | string | Long);
  /**
   * Passed because an allow entry covers the source although a block entry does too.
   */
  'allowedPackets'?: (number | string | Long);
  /**
   * Would have been dropped but for a monitor-only claim.
   */
  'monitoredPackets'?: (number | string | Long);
  /**
   * Too short or odd to carry a source address; passed.
   */
  'malformedPackets'?: (number | string | Long);
  /**
   * Behind more VLAN tags than the program looks through; dropped, and counted there too.
   */
  'overtaggedPackets'?: (number | string | Long);
}

/**
 * Totals since the maps were made; they survive restarts of the agent.
 */
export interface Counters__Output {
  'droppedPackets': (string);
  'droppedBytes': (string);
  'passedPackets': (string);
  'passedBytes': (string);
  /**
   * Passed because an allow entry covers the source although a block entry does too.
   */
  'allowedPackets': (string);
  /**
   * Would have been dropped but for a monitor-only claim.
   */
  'monitoredPackets': (string);
  /**
   * Too short or odd to carry a source address; passed.
   */
  'malformedPackets': (string);
  /**
   * Behind more VLAN tags than the program looks through; dropped, and counted there too.
   */
  'overtaggedPackets': (string);
}
