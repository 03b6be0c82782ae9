// Original file: proto/fleetblock/v1/agent.proto


export interface RefusedReport {
  /**
   * From 0.
   */
  'row'?: (number);
  /**
   * One sentence.
   */
  'reason'?: (string);
}

export interface RefusedReport__Output {
  /**
   * From 0.
   */
  'row': (number);
  /**
   * One sentence.
   */
  'reason': (string);
}
