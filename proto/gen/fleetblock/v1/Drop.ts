// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Packets of one source that came in by one interface and met the same fate.
 */
export interface Drop {
  /**
   * Unix milliseconds of the last of them, on the controller's clock.
   */
  'atMs'?: (number | string | Long);
  /**
   * 4 or 16 bytes, network byte order.
   */
  'source'?: (Buffer | Uint8Array | string);
  'interface'?: (string);
  /**
   * An estimate from samples: exact while drops are few.
   */
  'packets'?: (number | string | Long);
  'bytes'?: (number | string | Long);
  /**
   * Passed, as only a monitor-only entry matched.
   */
  'monitored'?: (boolean);
}

/**
 * Packets of one source that came in by one interface and met the same fate.
 */
export interface Drop__Output {
  /**
   * Unix milliseconds of the last of them, on the controller's clock.
   */
  'atMs': (string);
  /**
   * 4 or 16 bytes, network byte order.
   */
  'source': (Buffer);
  'interface': (string);
  /**
   * An estimate from samples: exact while drops are few.
   */
  'packets': (string);
  'bytes': (string);
  /**
   * Passed, as only a monitor-only entry matched.
   */
  'monitored': (boolean);
}
