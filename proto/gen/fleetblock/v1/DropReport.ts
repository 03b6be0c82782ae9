// Original file: proto/fleetblock/v1/operator.proto

import type { Drop as _fleetblock_v1_Drop, Drop__Output as _fleetblock_v1_Drop__Output } from '../../fleetblock/v1/Drop.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Of one host, since its last report.
 */
export interface DropReport {
  'host'?: (string);
  'drops'?: (_fleetblock_v1_Drop)[];
  /**
   * Packets dropped, or only monitored, that no drop reports: floods are sampled, and reports are limited.
   */
  'unreportedPackets'?: (number | string | Long);
  /**
   * Reports that were left out before this one because they came faster than they were read.
   */
  'lostReports'?: (number | string | Long);
}

/**
 * Of one host, since its last report.
 */
export interface DropReport__Output {
  'host': (string);
  'drops': (_fleetblock_v1_Drop__Output)[];
  /**
   * Packets dropped, or only monitored, that no drop reports: floods are sampled, and reports are limited.
   */
  'unreportedPackets': (string);
  /**
   * Reports that were left out before this one because they came faster than they were read.
   */
  'lostReports': (string);
}
