// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Something that happened. Kept in memory, the last 10,000; the audit is what lasts.
 */
export interface Event {
  'sequence'?: (number | string | Long);
  /**
   * Unix milliseconds.
   */
  'atMs'?: (number | string | Long);
  /**
   * change, host.connected, host.disconnected, host.synced, host.lagging, host.degraded, host.recovered, host.drift, quarantine, clock.
   */
  'kind'?: (string);
  /**
   * Host name, when it is about one.
   */
  'host'?: (string);
  /**
   * One sentence.
   */
  'text'?: (string);
  /**
   * When it is about one.
   */
  'revision'?: (number | string | Long);
}

/**
 * Something that happened. Kept in memory, the last 10,000; the audit is what lasts.
 */
export interface Event__Output {
  'sequence': (string);
  /**
   * Unix milliseconds.
   */
  'atMs': (string);
  /**
   * change, host.connected, host.disconnected, host.synced, host.lagging, host.degraded, host.recovered, host.drift, quarantine, clock.
   */
  'kind': (string);
  /**
   * Host name, when it is about one.
   */
  'host': (string);
  /**
   * One sentence.
   */
  'text': (string);
  /**
   * When it is about one.
   */
  'revision': (string);
}
