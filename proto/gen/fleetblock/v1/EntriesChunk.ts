// Original file: proto/fleetblock/v1/operator.proto

import type { Claim as _fleetblock_v1_Claim, Claim__Output as _fleetblock_v1_Claim__Output } from '../../fleetblock/v1/Claim.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from '../../fleetblock/v1/PackedPrefixes.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Some claims, or some rows of one list.
 */
export interface EntriesChunk {
  'claims'?: (_fleetblock_v1_Claim)[];
  /**
   * What the rows have in common: a claim without prefix and end. Not set: there are no rows.
   */
  'list'?: (_fleetblock_v1_Claim | null);
  /**
   * Their times count from rows_from_ms.
   */
  'rows'?: (_fleetblock_v1_PackedPrefixes | null);
  /**
   * Unix milliseconds.
   */
  'rowsFromMs'?: (number | string | Long);
}

/**
 * Some claims, or some rows of one list.
 */
export interface EntriesChunk__Output {
  'claims': (_fleetblock_v1_Claim__Output)[];
  /**
   * What the rows have in common: a claim without prefix and end. Not set: there are no rows.
   */
  'list': (_fleetblock_v1_Claim__Output | null);
  /**
   * Their times count from rows_from_ms.
   */
  'rows': (_fleetblock_v1_PackedPrefixes__Output | null);
  /**
   * Unix milliseconds.
   */
  'rowsFromMs': (string);
}
