// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface SkippedRow {
  /**
   * Place in all that came, from 1.
   */
  'row'?: (number | string | Long);
  /**
   * Canonical.
   */
  'prefix'?: (string);
  /**
   * Why, a sentence.
   */
  'text'?: (string);
}

export interface SkippedRow__Output {
  /**
   * Place in all that came, from 1.
   */
  'row': (string);
  /**
   * Canonical.
   */
  'prefix': (string);
  /**
   * Why, a sentence.
   */
  'text': (string);
}
