// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What does the kernel do with packets from this address? Read from the maps, not from the list.
 */
export interface Lookup {
  'id'?: (number | string | Long);
  /**
   * 4 or 16 bytes, network byte order.
   */
  'address'?: (Buffer | Uint8Array | string);
}

/**
 * What does the kernel do with packets from this address? Read from the maps, not from the list.
 */
export interface Lookup__Output {
  'id': (string);
  /**
   * 4 or 16 bytes, network byte order.
   */
  'address': (Buffer);
}
