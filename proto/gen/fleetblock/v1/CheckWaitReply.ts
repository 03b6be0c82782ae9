// Original file: proto/fleetblock/v1/operator.proto


export interface CheckWaitReply {
  /**
   * Hosts that hold the change by now, of all that it is for.
   */
  'enforced'?: (number);
  'targeted'?: (number);
}

export interface CheckWaitReply__Output {
  /**
   * Hosts that hold the change by now, of all that it is for.
   */
  'enforced': (number);
  'targeted': (number);
}
