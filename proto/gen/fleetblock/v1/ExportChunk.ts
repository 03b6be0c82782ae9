// Original file: proto/fleetblock/v1/operator.proto

import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from '../../fleetblock/v1/PackedPrefixes.ts';

/**
 * Rows of one origin. Remaining times. A prefix comes once an origin and selector.
 */
export interface ExportChunk {
  'origin'?: (string);
  'selector'?: (_fleetblock_v1_Selector | null);
  'rows'?: (_fleetblock_v1_PackedPrefixes | null);
}

/**
 * Rows of one origin. Remaining times. A prefix comes once an origin and selector.
 */
export interface ExportChunk__Output {
  'origin': (string);
  'selector': (_fleetblock_v1_Selector__Output | null);
  'rows': (_fleetblock_v1_PackedPrefixes__Output | null);
}
