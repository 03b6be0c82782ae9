// Original file: proto/fleetblock/v1/types.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A source address and what was dropped from it, estimated from samples.
 */
export interface Source {
  /**
   * 4 or 16 bytes, network byte order.
   */
  'address'?: (Buffer | Uint8Array | string);
  'packets'?: (number | string | Long);
}

/**
 * A source address and what was dropped from it, estimated from samples.
 */
export interface Source__Output {
  /**
   * 4 or 16 bytes, network byte order.
   */
  'address': (Buffer);
  'packets': (string);
}
