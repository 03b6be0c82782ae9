// Original file: proto/fleetblock/v1/operator.proto

import type { HostPending as _fleetblock_v1_HostPending, HostPending__Output as _fleetblock_v1_HostPending__Output } from '../../fleetblock/v1/HostPending.ts';
import type { HostFailure as _fleetblock_v1_HostFailure, HostFailure__Output as _fleetblock_v1_HostFailure__Output } from '../../fleetblock/v1/HostFailure.ts';

export interface HostOutcomes {
  'targeted'?: (number);
  'enforced'?: (number);
  /**
   * Sorted by name. A reply has a limit: pending_total and failed_total count those too that are left out.
   */
  'pending'?: (_fleetblock_v1_HostPending)[];
  'failed'?: (_fleetblock_v1_HostFailure)[];
  'pendingTotal'?: (number);
  'failedTotal'?: (number);
}

export interface HostOutcomes__Output {
  'targeted': (number);
  'enforced': (number);
  /**
   * Sorted by name. A reply has a limit: pending_total and failed_total count those too that are left out.
   */
  'pending': (_fleetblock_v1_HostPending__Output)[];
  'failed': (_fleetblock_v1_HostFailure__Output)[];
  'pendingTotal': (number);
  'failedTotal': (number);
}
