// Original file: proto/fleetblock/v1/operator.proto

import type { ImportBegin as _fleetblock_v1_ImportBegin, ImportBegin__Output as _fleetblock_v1_ImportBegin__Output } from '../../fleetblock/v1/ImportBegin.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from '../../fleetblock/v1/PackedPrefixes.ts';

export interface ImportListRequest {
  'begin'?: (_fleetblock_v1_ImportBegin | null);
  /**
   * At most 1 MiB a message; flags are ignored. Times are remaining times. Of rows with one prefix the last holds.
   */
  'rows'?: (_fleetblock_v1_PackedPrefixes | null);
  'message'?: "begin"|"rows";
}

export interface ImportListRequest__Output {
  'begin'?: (_fleetblock_v1_ImportBegin__Output | null);
  /**
   * At most 1 MiB a message; flags are ignored. Times are remaining times. Of rows with one prefix the last holds.
   */
  'rows'?: (_fleetblock_v1_PackedPrefixes__Output | null);
  'message'?: "begin"|"rows";
}
