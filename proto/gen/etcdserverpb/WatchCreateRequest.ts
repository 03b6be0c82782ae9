// Original file: proto/etcd/etcd.proto

import type { Long } from '@grpc/proto-loader';

// Original file: proto/etcd/etcd.proto

export const _etcdserverpb_WatchCreateRequest_FilterType = {
  NOPUT: 'NOPUT',
  NODELETE: 'NODELETE',
} as const;

export type _etcdserverpb_WatchCreateRequest_FilterType =
  | 'NOPUT'
  | 0
  | 'NODELETE'
  | 1

export type _etcdserverpb_WatchCreateRequest_FilterType__Output = typeof _etcdserverpb_WatchCreateRequest_FilterType[keyof typeof _etcdserverpb_WatchCreateRequest_FilterType]

export interface WatchCreateRequest {
  'key'?: (Buffer | Uint8Array | string);
  'rangeEnd'?: (Buffer | Uint8Array | string);
  /**
   * Inclusive.
   */
  'startRevision'?: (number | string | Long);
  'filters'?: (_etcdserverpb_WatchCreateRequest_FilterType)[];
  /**
   * Large revisions come in several responses.
   */
  'fragment'?: (boolean);
}

export interface WatchCreateRequest__Output {
  'key': (Buffer);
  'rangeEnd': (Buffer);
  /**
   * Inclusive.
   */
  'startRevision': (string);
  'filters': (_etcdserverpb_WatchCreateRequest_FilterType__Output)[];
  /**
   * Large revisions come in several responses.
   */
  'fragment': (boolean);
}
