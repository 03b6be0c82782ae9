// Original file: proto/etcd/etcd.proto

import type { Long } from '@grpc/proto-loader';

export interface RangeRequest {
  'key'?: (Buffer | Uint8Array | string);
  /**
   * Exclusive; empty: `key` alone.
   */
  'rangeEnd'?: (Buffer | Uint8Array | string);
  'limit'?: (number | string | Long);
  'revision'?: (number | string | Long);
  'keysOnly'?: (boolean);
}

export interface RangeRequest__Output {
  'key': (Buffer);
  /**
   * Exclusive; empty: `key` alone.
   */
  'rangeEnd': (Buffer);
  'limit': (string);
  'revision': (string);
  'keysOnly': (boolean);
}
