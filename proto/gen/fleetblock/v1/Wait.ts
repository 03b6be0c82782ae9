// Original file: proto/fleetblock/v1/operator.proto


/**
 * How long to wait for the targeted hosts' acks. Not set: answer once the change is committed.
 * A call that waits for more than a moment sends its revision ahead of its answer, as metadata: `fleetblock-revision`; and
 * `fleetblock-wait`, an id for CheckWait.
 */
export interface Wait {
  'timeoutMs'?: (number);
  /**
   * For hosts too that were offline before: they may come back in time. Else they are counted as pending at once.
   */
  'all'?: (boolean);
}

/**
 * How long to wait for the targeted hosts' acks. Not set: answer once the change is committed.
 * A call that waits for more than a moment sends its revision ahead of its answer, as metadata: `fleetblock-revision`; and
 * `fleetblock-wait`, an id for CheckWait.
 */
export interface Wait__Output {
  'timeoutMs': (number);
  /**
   * For hosts too that were offline before: they may come back in time. Else they are counted as pending at once.
   */
  'all': (boolean);
}
