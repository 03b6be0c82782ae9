// Original file: proto/fleetblock/v1/types.proto


/**
 * One network interface as an agent sees it.
 */
export interface Interface {
  'name'?: (string);
  /**
   * Kernel interface index; 0 while the interface does not exist.
   */
  'index'?: (number);
  /**
   * "native", "generic", or "none" while nothing is attached.
   */
  'mode'?: (string);
  /**
   * Why it is not attached, or why it is attached in a lesser mode; empty when all is well.
   */
  'problem'?: (string);
}

/**
 * One network interface as an agent sees it.
 */
export interface Interface__Output {
  'name': (string);
  /**
   * Kernel interface index; 0 while the interface does not exist.
   */
  'index': (number);
  /**
   * "native", "generic", or "none" while nothing is attached.
   */
  'mode': (string);
  /**
   * Why it is not attached, or why it is attached in a lesser mode; empty when all is well.
   */
  'problem': (string);
}
