// Original file: proto/fleetblock/v1/agent.proto

import type { RefusedReport as _fleetblock_v1_RefusedReport, RefusedReport__Output as _fleetblock_v1_RefusedReport__Output } from '../../fleetblock/v1/RefusedReport.ts';

export interface ReportsAnswer {
  /**
   * Rows that the policy refuses. All others that were judged are in the store.
   */
  'refused'?: (_fleetblock_v1_RefusedReport)[];
  /**
   * Not all rows were judged: send the others again after this time, in milliseconds. 0: all were.
   */
  'retryMs'?: (number);
  /**
   * Why, when retry_ms is given.
   */
  'problem'?: (string);
  /**
   * When retry_ms is given: how many rows were judged, the first ones.
   */
  'judged'?: (number);
}

export interface ReportsAnswer__Output {
  /**
   * Rows that the policy refuses. All others that were judged are in the store.
   */
  'refused': (_fleetblock_v1_RefusedReport__Output)[];
  /**
   * Not all rows were judged: send the others again after this time, in milliseconds. 0: all were.
   */
  'retryMs': (number);
  /**
   * Why, when retry_ms is given.
   */
  'problem': (string);
  /**
   * When retry_ms is given: how many rows were judged, the first ones.
   */
  'judged': (number);
}
