// Original file: proto/etcd/etcd.proto

import type { ResponseHeader as _etcdserverpb_ResponseHeader, ResponseHeader__Output as _etcdserverpb_ResponseHeader__Output } from '../etcdserverpb/ResponseHeader.ts';
import type { Event as _etcdserverpb_Event, Event__Output as _etcdserverpb_Event__Output } from '../etcdserverpb/Event.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchResponse {
  'header'?: (_etcdserverpb_ResponseHeader | null);
  'created'?: (boolean);
  'canceled'?: (boolean);
  /**
   * Set when the watch was canceled because etcd no longer has the revisions below this one.
   */
  'compactRevision'?: (number | string | Long);
  'cancelReason'?: (string);
  'events'?: (_etcdserverpb_Event)[];
}

export interface WatchResponse__Output {
  'header': (_etcdserverpb_ResponseHeader__Output | null);
  'created': (boolean);
  'canceled': (boolean);
  /**
   * Set when the watch was canceled because etcd no longer has the revisions below this one.
   */
  'compactRevision': (string);
  'cancelReason': (string);
  'events': (_etcdserverpb_Event__Output)[];
}
