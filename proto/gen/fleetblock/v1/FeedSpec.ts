// Original file: proto/fleetblock/v1/feeds.proto

import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What an operator declares.
 */
export interface FeedSpec {
  /**
   * Of the feed and of its list, without "list:".
   */
  'name'?: (string);
  /**
   * http or https; {key} in it stands for the key.
   */
  'url'?: (string);
  'target'?: (_fleetblock_v1_Selector | null);
  /**
   * Count what would be dropped, drop nothing.
   */
  'monitor'?: (boolean);
  /**
   * Milliseconds from one look to the next; 0: an hour.
   */
  'everyMs'?: (number | string | Long);
  /**
   * auto, or a form that an import takes; spamhaus: its JSON, whole. Empty: auto.
   */
  'format'?: (string);
  /**
   * Where the addresses are: a column of CSV, a pointer into JSON. Empty: the form says it.
   */
  'at'?: (string);
  /**
   * Bad lines that may be left out.
   */
  'skipInvalid'?: (number);
  /**
   * Leave out what the guard refuses.
   */
  'skipRefused'?: (boolean);
  /**
   * The header that the key is sent in; empty: Authorization: Bearer.
   */
  'keyHeader'?: (string);
  /**
   * Loopback, link-local and private addresses are asked, too (admin role only).
   */
  'allowPrivate'?: (boolean);
  'reason'?: (string);
  /**
   * Changes that go in stages halt when a host drops more packets per second; 0: no bound.
   */
  'haltDrops'?: (number | string | Long);
}

/**
 * What an operator declares.
 */
export interface FeedSpec__Output {
  /**
   * Of the feed and of its list, without "list:".
   */
  'name': (string);
  /**
   * http or https; {key} in it stands for the key.
   */
  'url': (string);
  'target': (_fleetblock_v1_Selector__Output | null);
  /**
   * Count what would be dropped, drop nothing.
   */
  'monitor': (boolean);
  /**
   * Milliseconds from one look to the next; 0: an hour.
   */
  'everyMs': (string);
  /**
   * auto, or a form that an import takes; spamhaus: its JSON, whole. Empty: auto.
   */
  'format': (string);
  /**
   * Where the addresses are: a column of CSV, a pointer into JSON. Empty: the form says it.
   */
  'at': (string);
  /**
   * Bad lines that may be left out.
   */
  'skipInvalid': (number);
  /**
   * Leave out what the guard refuses.
   */
  'skipRefused': (boolean);
  /**
   * The header that the key is sent in; empty: Authorization: Bearer.
   */
  'keyHeader': (string);
  /**
   * Loopback, link-local and private addresses are asked, too (admin role only).
   */
  'allowPrivate': (boolean);
  'reason': (string);
  /**
   * Changes that go in stages halt when a host drops more packets per second; 0: no bound.
   */
  'haltDrops': (string);
}
