// Original file: proto/fleetblock/v1/agent.proto

import type { RefusedReport as _fleetblock_v1_RefusedReport, RefusedReport__Output as _fleetblock_v1_RefusedReport__Output } from '../../fleetblock/v1/RefusedReport.ts';

export interface ReportsAnswer {
  /**
   * Rows that the policy refuses. All others are in the store.
   */
  'refused'?: (_fleetblock_v1_RefusedReport)[];
  /**
   * Nothing was taken: send it again after this time, in milliseconds. 0: it is done.
   */
  'retryMs'?: (number);
  /**
   * Why, when retry_ms is given.
   */
  'problem'?: (string);
}

export interface ReportsAnswer__Output {
  /**
   * Rows that the policy refuses. All others are in the store.
   */
  'refused': (_fleetblock_v1_RefusedReport__Output)[];
  /**
   * Nothing was taken: send it again after this time, in milliseconds. 0: it is done.
   */
  'retryMs': (number);
  /**
   * Why, when retry_ms is given.
   */
  'problem': (string);
}
