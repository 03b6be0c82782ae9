// Original file: proto/fleetblock/v1/feeds.proto

import type { Long } from '@grpc/proto-loader';

export interface HeldList {
  'rows'?: (number | string | Long);
  'why'?: (string)[];
  /**
   * An operator has accepted it: the next look that its server allows takes it.
   */
  'accepted'?: (boolean);
}

export interface HeldList__Output {
  'rows': (string);
  'why': (string)[];
  /**
   * An operator has accepted it: the next look that its server allows takes it.
   */
  'accepted': (boolean);
}
