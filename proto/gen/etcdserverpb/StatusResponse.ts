// Original file: proto/etcd/etcd.proto

import type { ResponseHeader as _etcdserverpb_ResponseHeader, ResponseHeader__Output as _etcdserverpb_ResponseHeader__Output } from '../etcdserverpb/ResponseHeader.ts';
import type { Long } from '@grpc/proto-loader';

export interface StatusResponse {
  'header'?: (_etcdserverpb_ResponseHeader | null);
  'version'?: (string);
  /**
   * Bytes.
   */
  'dbSize'?: (number | string | Long);
  /**
   * 0: the member knows none.
   */
  'leader'?: (number | string | Long);
  'errors'?: (string)[];
  'dbSizeInUse'?: (number | string | Long);
}

export interface StatusResponse__Output {
  'header': (_etcdserverpb_ResponseHeader__Output | null);
  'version': (string);
  /**
   * Bytes.
   */
  'dbSize': (string);
  /**
   * 0: the member knows none.
   */
  'leader': (string);
  'errors': (string)[];
  'dbSizeInUse': (string);
}
