// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface ListAuditRequest {
  /**
   * Empty fields: no condition.
   */
  'actor'?: (string);
  'verb'?: (string);
  /**
   * Unix milliseconds; from (inclusive) and to (exclusive); 0: open.
   */
  'sinceMs'?: (number | string | Long);
  'untilMs'?: (number | string | Long);
  /**
   * Part of the subject.
   */
  'subject'?: (string);
  /**
   * At most this many, the newest, at most 10,000; 0: all.
   */
  'last'?: (number);
  /**
   * Canonical prefix that the subject names.
   */
  'prefix'?: (string);
  /**
   * Host that the subject names.
   */
  'host'?: (string);
}

export interface ListAuditRequest__Output {
  /**
   * Empty fields: no condition.
   */
  'actor': (string);
  'verb': (string);
  /**
   * Unix milliseconds; from (inclusive) and to (exclusive); 0: open.
   */
  'sinceMs': (string);
  'untilMs': (string);
  /**
   * Part of the subject.
   */
  'subject': (string);
  /**
   * At most this many, the newest, at most 10,000; 0: all.
   */
  'last': (number);
  /**
   * Canonical prefix that the subject names.
   */
  'prefix': (string);
  /**
   * Host that the subject names.
   */
  'host': (string);
}
