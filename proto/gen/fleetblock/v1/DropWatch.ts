// Original file: proto/fleetblock/v1/agent.proto


/**
 * Somebody watches drops on this host: until the next DropWatch, or the end of the stream, the kernel is asked for samples of them.
 */
export interface DropWatch {
  /**
   * How often DropEvents are sent, milliseconds; 0: stop.
   */
  'intervalMs'?: (number);
  /**
   * Rows of one DropEvents at most.
   */
  'rows'?: (number);
}

/**
 * Somebody watches drops on this host: until the next DropWatch, or the end of the stream, the kernel is asked for samples of them.
 */
export interface DropWatch__Output {
  /**
   * How often DropEvents are sent, milliseconds; 0: stop.
   */
  'intervalMs': (number);
  /**
   * Rows of one DropEvents at most.
   */
  'rows': (number);
}
