// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface ReportedPrefix {
  /**
   * Canonical: an address, or a /64.
   */
  'prefix'?: (string);
  /**
   * Milliseconds left; 0: as long as the policy lets it.
   */
  'ttlMs'?: (number | string | Long);
}

export interface ReportedPrefix__Output {
  /**
   * Canonical: an address, or a /64.
   */
  'prefix': (string);
  /**
   * Milliseconds left; 0: as long as the policy lets it.
   */
  'ttlMs': (string);
}
