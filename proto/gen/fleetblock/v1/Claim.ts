// Original file: proto/fleetblock/v1/operator.proto

import type { Action as _fleetblock_v1_Action, Action__Output as _fleetblock_v1_Action__Output } from '../../fleetblock/v1/Action.ts';
import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Long } from '@grpc/proto-loader';

export interface Claim {
  'prefix'?: (string);
  'action'?: (_fleetblock_v1_Action);
  'origin'?: (string);
  'selector'?: (_fleetblock_v1_Selector | null);
  'reason'?: (string);
  'actor'?: (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs'?: (number | string | Long);
  /**
   * Unix milliseconds; 0 for no end.
   */
  'expiresAtMs'?: (number | string | Long);
  'monitor'?: (boolean);
  /**
   * It, or a longer life of it, waits to be confirmed: as this, before that time (Unix milliseconds). Empty and 0: it does not.
   */
  'confirmId'?: (string);
  'confirmByMs'?: (number | string | Long);
}

export interface Claim__Output {
  'prefix': (string);
  'action': (_fleetblock_v1_Action__Output);
  'origin': (string);
  'selector': (_fleetblock_v1_Selector__Output | null);
  'reason': (string);
  'actor': (string);
  /**
   * Unix milliseconds.
   */
  'createdAtMs': (string);
  /**
   * Unix milliseconds; 0 for no end.
   */
  'expiresAtMs': (string);
  'monitor': (boolean);
  /**
   * It, or a longer life of it, waits to be confirmed: as this, before that time (Unix milliseconds). Empty and 0: it does not.
   */
  'confirmId': (string);
  'confirmByMs': (string);
}
