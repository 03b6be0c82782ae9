// Original file: proto/fleetblock/v1/agent.proto


export interface RefusedReport {
  /**
   * From 0.
   */
  'row'?: (number);
  /**
   * One sentence. Empty: that of the refused row before.
   */
  'reason'?: (string);
}

export interface RefusedReport__Output {
  /**
   * From 0.
   */
  'row': (number);
  /**
   * One sentence. Empty: that of the refused row before.
   */
  'reason': (string);
}
