// Original file: proto/fleetblock/v1/operator.proto


export interface CheckRequest {
  /**
   * An address, or a prefix: then claims that cover all of it.
   */
  'address'?: (string);
  /**
   * Only this host; empty: all. NOT_FOUND: unknown host.
   */
  'host'?: (string);
  /**
   * How long to wait for the hosts' answers; 0 for 2,000.
   */
  'timeoutMs'?: (number);
}

export interface CheckRequest__Output {
  /**
   * An address, or a prefix: then claims that cover all of it.
   */
  'address': (string);
  /**
   * Only this host; empty: all. NOT_FOUND: unknown host.
   */
  'host': (string);
  /**
   * How long to wait for the hosts' answers; 0 for 2,000.
   */
  'timeoutMs': (number);
}
