// Original file: proto/fleetblock/v1/agent.proto

import type { Counters as _fleetblock_v1_Counters, Counters__Output as _fleetblock_v1_Counters__Output } from '../../fleetblock/v1/Counters.ts';
import type { Interface as _fleetblock_v1_Interface, Interface__Output as _fleetblock_v1_Interface__Output } from '../../fleetblock/v1/Interface.ts';
import type { Source as _fleetblock_v1_Source, Source__Output as _fleetblock_v1_Source__Output } from '../../fleetblock/v1/Source.ts';
import type { ProtectedAddress as _fleetblock_v1_ProtectedAddress, ProtectedAddress__Output as _fleetblock_v1_ProtectedAddress__Output } from '../../fleetblock/v1/ProtectedAddress.ts';
import type { Lapse as _fleetblock_v1_Lapse, Lapse__Output as _fleetblock_v1_Lapse__Output } from '../../fleetblock/v1/Lapse.ts';
import type { Long } from '@grpc/proto-loader';

export interface Status {
  'revision'?: (number | string | Long);
  'entries'?: (number | string | Long);
  'counters'?: (_fleetblock_v1_Counters | null);
  'interfaces'?: (_fleetblock_v1_Interface)[];
  /**
   * Times that the kernel was found to differ from the list, and was repaired.
   */
  'driftRepairs'?: (number | string | Long);
  /**
   * What is wrong on this host, one sentence each; empty when all is well.
   */
  'problems'?: (string)[];
  /**
   * Sources that were dropped within the last minute, by their packets since the host first dropped them; at most 20. Sampled.
   */
  'topSources'?: (_fleetblock_v1_Source)[];
  'protectedAddresses'?: (_fleetblock_v1_ProtectedAddress)[];
  /**
   * Newest last; at most 16. Each is repeated for a minute.
   */
  'lapses'?: (_fleetblock_v1_Lapse)[];
}

export interface Status__Output {
  'revision': (string);
  'entries': (string);
  'counters': (_fleetblock_v1_Counters__Output | null);
  'interfaces': (_fleetblock_v1_Interface__Output)[];
  /**
   * Times that the kernel was found to differ from the list, and was repaired.
   */
  'driftRepairs': (string);
  /**
   * What is wrong on this host, one sentence each; empty when all is well.
   */
  'problems': (string)[];
  /**
   * Sources that were dropped within the last minute, by their packets since the host first dropped them; at most 20. Sampled.
   */
  'topSources': (_fleetblock_v1_Source__Output)[];
  'protectedAddresses': (_fleetblock_v1_ProtectedAddress__Output)[];
  /**
   * Newest last; at most 16. Each is repeated for a minute.
   */
  'lapses': (_fleetblock_v1_Lapse__Output)[];
}
