// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A change that is undone, on every host by itself, unless it is confirmed in time.
 */
export interface Confirmation {
  'id'?: (string);
  /**
   * Until it is undone.
   */
  'remainingMs'?: (number | string | Long);
  /**
   * Unix milliseconds.
   */
  'deadlineMs'?: (number | string | Long);
  'actor'?: (string);
  'reason'?: (string);
  /**
   * It overrode the guard: only an admin may confirm it.
   */
  'forced'?: (boolean);
  /**
   * At most 100.
   */
  'prefixes'?: (string)[];
  /**
   * All that wait.
   */
  'claims'?: (number);
}

/**
 * A change that is undone, on every host by itself, unless it is confirmed in time.
 */
export interface Confirmation__Output {
  'id': (string);
  /**
   * Until it is undone.
   */
  'remainingMs': (string);
  /**
   * Unix milliseconds.
   */
  'deadlineMs': (string);
  'actor': (string);
  'reason': (string);
  /**
   * It overrode the guard: only an admin may confirm it.
   */
  'forced': (boolean);
  /**
   * At most 100.
   */
  'prefixes': (string)[];
  /**
   * All that wait.
   */
  'claims': (number);
}
