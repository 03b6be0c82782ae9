// Original file: proto/fleetblock/v1/feeds.proto

import type { Long } from '@grpc/proto-loader';

export interface HeldList {
  'rows'?: (number | string | Long);
  'why'?: (string)[];
}

export interface HeldList__Output {
  'rows': (string);
  'why': (string)[];
}
