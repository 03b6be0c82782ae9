// Original file: proto/fleetblock/v1/operator.proto


export interface HostPending {
  'name'?: (string);
  /**
   * "offline" or "lagging".
   */
  'status'?: (string);
}

export interface HostPending__Output {
  'name': (string);
  /**
   * "offline" or "lagging".
   */
  'status': (string);
}
