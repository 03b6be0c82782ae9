// Original file: proto/fleetblock/v1/hooks.proto

import type { HookSpec as _fleetblock_v1_HookSpec, HookSpec__Output as _fleetblock_v1_HookSpec__Output } from '../../fleetblock/v1/HookSpec.ts';

export interface AddHookRequest {
  'hook'?: (_fleetblock_v1_HookSpec | null);
  /**
   * Kept in the store, in no answer. Two lines: either is taken, while the sender gets the new one.
   */
  'secret'?: (string);
  /**
   * In place of the one of that name.
   */
  'replace'?: (boolean);
  'reason'?: (string);
}

export interface AddHookRequest__Output {
  'hook': (_fleetblock_v1_HookSpec__Output | null);
  /**
   * Kept in the store, in no answer. Two lines: either is taken, while the sender gets the new one.
   */
  'secret': (string);
  /**
   * In place of the one of that name.
   */
  'replace': (boolean);
  'reason': (string);
}
