// Original file: proto/fleetblock/v1/operator.proto

import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';
import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Long } from '@grpc/proto-loader';

export interface List {
  /**
   * Without "list:".
   */
  'name'?: (string);
  'action'?: (_fleetblock_v1_Action);
  'selector'?: (_fleetblock_v1_Selector | null);
  'monitor'?: (boolean);
  'reason'?: (string);
  'actor'?: (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs'?: (number | string | Long);
  'updatedAtMs'?: (number | string | Long);
  /**
   * What hosts hold of it.
   */
  'entries'?: (number | string | Long);
  /**
   * Prefixes that it leaves out whatever is imported.
   */
  'exceptions'?: (number | string | Long);
}

export interface List__Output {
  /**
   * Without "list:".
   */
  'name': (string);
  'action': (_fleetblock_v1_Action__Output);
  'selector': (_fleetblock_v1_Selector__Output | null);
  'monitor': (boolean);
  'reason': (string);
  'actor': (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs': (string);
  'updatedAtMs': (string);
  /**
   * What hosts hold of it.
   */
  'entries': (string);
  /**
   * Prefixes that it leaves out whatever is imported.
   */
  'exceptions': (string);
}
