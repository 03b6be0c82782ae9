// Original file: proto/fleetblock/v1/agent.proto

import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from '../../fleetblock/v1/PackedPrefixes.ts';

export interface SnapshotChunk {
  'entries'?: (_fleetblock_v1_PackedPrefixes | null);
}

export interface SnapshotChunk__Output {
  'entries': (_fleetblock_v1_PackedPrefixes__Output | null);
}
