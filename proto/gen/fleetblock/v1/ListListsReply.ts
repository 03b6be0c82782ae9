// Original file: proto/fleetblock/v1/operator.proto

import type { List as _fleetblock_v1_List, List__Output as _fleetblock_v1_List__Output } from '../../fleetblock/v1/List.ts';

export interface ListListsReply {
  'lists'?: (_fleetblock_v1_List)[];
}

export interface ListListsReply__Output {
  'lists': (_fleetblock_v1_List__Output)[];
}
