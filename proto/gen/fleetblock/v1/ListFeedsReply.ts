// Original file: proto/fleetblock/v1/feeds.proto

import type { Feed as _fleetblock_v1_Feed, Feed__Output as _fleetblock_v1_Feed__Output } from '../../fleetblock/v1/Feed.ts';

export interface ListFeedsReply {
  'feeds'?: (_fleetblock_v1_Feed)[];
}

export interface ListFeedsReply__Output {
  'feeds': (_fleetblock_v1_Feed__Output)[];
}
