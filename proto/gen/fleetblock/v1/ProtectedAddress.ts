// Original file: proto/fleetblock/v1/types.proto


/**
 * An address that a host never drops, whatever its list says.
 */
export interface ProtectedAddress {
  /**
   * Canonical.
   */
  'prefix'?: (string);
  /**
   * For people: "controller", "gateway", "resolver", "own address", "ssh session", "setting".
   */
  'why'?: (string);
}

/**
 * An address that a host never drops, whatever its list says.
 */
export interface ProtectedAddress__Output {
  /**
   * Canonical.
   */
  'prefix': (string);
  /**
   * For people: "controller", "gateway", "resolver", "own address", "ssh session", "setting".
   */
  'why': (string);
}
