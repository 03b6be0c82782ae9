// Original file: proto/fleetblock/v1/agent.proto

import type { PackedPrefixes as _fleetblock_v1_PackedPrefixes, PackedPrefixes__Output as _fleetblock_v1_PackedPrefixes__Output } from '../../fleetblock/v1/PackedPrefixes.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * From one revision to the next that matters for this view. Refused (nack SEQUENCE) unless from_revision is what the
 * agent holds. A row in adds replaces the row of the same prefix and action.
 */
export interface Delta {
  'storeEpoch'?: (string);
  'fromRevision'?: (number | string | Long);
  'toRevision'?: (number | string | Long);
  'adds'?: (_fleetblock_v1_PackedPrefixes | null);
  'removes'?: (_fleetblock_v1_PackedPrefixes | null);
  /**
   * Of the whole view at to_revision. Only in the last part.
   */
  'digest'?: (Buffer | Uint8Array | string);
  /**
   * This is one part of a large delta: all parts have the same revisions and are applied together at the part without it.
   */
  'more'?: (boolean);
  /**
   * To be shown in Hello with to_revision. Only in the last part.
   */
  'seal'?: (Buffer | Uint8Array | string);
  /**
   * One change by itself, for a host that had no room for an earlier one: its rows go on top of whatever is held. The agent goes on
   * holding the revision that it held, with these rows over it; its ack carries to_revision and proves these rows alone.
   * from_revision is 0, digest is not compared. Refused (nack SEQUENCE) when the agent holds nothing, or to_revision or a later one.
   */
  'loose'?: (boolean);
}

/**
 * From one revision to the next that matters for this view. Refused (nack SEQUENCE) unless from_revision is what the
 * agent holds. A row in adds replaces the row of the same prefix and action.
 */
export interface Delta__Output {
  'storeEpoch': (string);
  'fromRevision': (string);
  'toRevision': (string);
  'adds': (_fleetblock_v1_PackedPrefixes__Output | null);
  'removes': (_fleetblock_v1_PackedPrefixes__Output | null);
  /**
   * Of the whole view at to_revision. Only in the last part.
   */
  'digest': (Buffer);
  /**
   * This is one part of a large delta: all parts have the same revisions and are applied together at the part without it.
   */
  'more': (boolean);
  /**
   * To be shown in Hello with to_revision. Only in the last part.
   */
  'seal': (Buffer);
  /**
   * One change by itself, for a host that had no room for an earlier one: its rows go on top of whatever is held. The agent goes on
   * holding the revision that it held, with these rows over it; its ack carries to_revision and proves these rows alone.
   * from_revision is 0, digest is not compared. Refused (nack SEQUENCE) when the agent holds nothing, or to_revision or a later one.
   */
  'loose': (boolean);
}
