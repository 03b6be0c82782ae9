// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The kernel holds this revision: sent after the last map call returned.
 */
export interface Ack {
  'storeEpoch'?: (string);
  'revision'?: (number | string | Long);
  'digest'?: (Buffer | Uint8Array | string);
  'entries'?: (number | string | Long);
  /**
   * Time spent in applying the change to the kernel, microseconds.
   */
  'kernelUs'?: (number | string | Long);
}

/**
 * The kernel holds this revision: sent after the last map call returned.
 */
export interface Ack__Output {
  'storeEpoch': (string);
  'revision': (string);
  'digest': (Buffer);
  'entries': (string);
  /**
   * Time spent in applying the change to the kernel, microseconds.
   */
  'kernelUs': (string);
}
