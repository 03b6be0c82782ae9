// Original file: proto/fleetblock/v1/types.proto

import type { RefusedPrefix as _fleetblock_v1_RefusedPrefix, RefusedPrefix__Output as _fleetblock_v1_RefusedPrefix__Output } from '../../fleetblock/v1/RefusedPrefix.ts';

/**
 * What an error says for programs, beside its text: over HTTP as one of its details, over gRPC as JSON in the trailer
 * fleetblock-error-bin.
 */
export interface ErrorDetails {
  /**
   * The first prefixes that were refused, in their order.
   */
  'refused'?: (_fleetblock_v1_RefusedPrefix)[];
  /**
   * How many were refused in all.
   */
  'refusedCount'?: (number);
  /**
   * How to go on, for people.
   */
  'advice'?: (string);
}

/**
 * What an error says for programs, beside its text: over HTTP as one of its details, over gRPC as JSON in the trailer
 * fleetblock-error-bin.
 */
export interface ErrorDetails__Output {
  /**
   * The first prefixes that were refused, in their order.
   */
  'refused': (_fleetblock_v1_RefusedPrefix__Output)[];
  /**
   * How many were refused in all.
   */
  'refusedCount': (number);
  /**
   * How to go on, for people.
   */
  'advice': (string);
}
