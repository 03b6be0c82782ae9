// Original file: proto/fleetblock/v1/hooks.proto

import type { HookSpec as _fleetblock_v1_HookSpec, HookSpec__Output as _fleetblock_v1_HookSpec__Output } from '../../fleetblock/v1/HookSpec.ts';
import type { Long } from '@grpc/proto-loader';

export interface Hook {
  'spec'?: (_fleetblock_v1_HookSpec | null);
  /**
   * Who declared it, and when: Unix milliseconds.
   */
  'actor'?: (string);
  'createdAtMs'?: (number | string | Long);
  /**
   * Pattern of the policy that judges what it reports. Empty: there is none, and it blocks nothing.
   */
  'policy'?: (string);
  /**
   * Since this controller started: requests with a good signature, and without.
   */
  'received'?: (number | string | Long);
  'denied'?: (number | string | Long);
  /**
   * Unix milliseconds of the last good one; 0: none.
   */
  'receivedAtMs'?: (number | string | Long);
}

export interface Hook__Output {
  'spec': (_fleetblock_v1_HookSpec__Output | null);
  /**
   * Who declared it, and when: Unix milliseconds.
   */
  'actor': (string);
  'createdAtMs': (string);
  /**
   * Pattern of the policy that judges what it reports. Empty: there is none, and it blocks nothing.
   */
  'policy': (string);
  /**
   * Since this controller started: requests with a good signature, and without.
   */
  'received': (string);
  'denied': (string);
  /**
   * Unix milliseconds of the last good one; 0: none.
   */
  'receivedAtMs': (string);
}
