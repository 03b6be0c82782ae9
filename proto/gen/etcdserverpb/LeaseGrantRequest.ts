// Original file: proto/etcd/etcd.proto

import type { Long } from '@grpc/proto-loader';

export interface LeaseGrantRequest {
  /**
   * Seconds.
   */
  'TTL'?: (number | string | Long);
  /**
   * 0: etcd chooses.
   */
  'ID'?: (number | string | Long);
}

export interface LeaseGrantRequest__Output {
  /**
   * Seconds.
   */
  'TTL': (string);
  /**
   * 0: etcd chooses.
   */
  'ID': (string);
}
