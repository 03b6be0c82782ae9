// Original file: proto/fleetblock/v1/types.proto

import type { Long } from '@grpc/proto-loader';

export interface RefusedPrefix {
  /**
   * Its place among those that were sent, from 1.
   */
  'row'?: (number | string | Long);
  'prefix'?: (string);
  /**
   * Why, a sentence.
   */
  'text'?: (string);
}

export interface RefusedPrefix__Output {
  /**
   * Its place among those that were sent, from 1.
   */
  'row': (string);
  'prefix': (string);
  /**
   * Why, a sentence.
   */
  'text': (string);
}
