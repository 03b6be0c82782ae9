// Original file: proto/etcd/etcd.proto

import type { Long } from '@grpc/proto-loader';

export interface ResponseHeader {
  'clusterId'?: (number | string | Long);
  'memberId'?: (number | string | Long);
  /**
   * Of the whole keyspace, when the request was applied.
   */
  'revision'?: (number | string | Long);
  'raftTerm'?: (number | string | Long);
}

export interface ResponseHeader__Output {
  'clusterId': (string);
  'memberId': (string);
  /**
   * Of the whole keyspace, when the request was applied.
   */
  'revision': (string);
  'raftTerm': (string);
}
