// Original file: proto/fleetblock/v1/hooks.proto


/**
 * What an operator declares.
 */
export interface HookSpec {
  /**
   * Of its path, /hooks/NAME, and of its source, "hook:NAME".
   */
  'name'?: (string);
  /**
   * How its sender shows that it has the secret: standard (Standard Webhooks), grafana, github, bearer.
   */
  'scheme'?: (string);
  /**
   * JSON pointer to the array of rows, or to the only one. Empty: the whole body.
   */
  'rows'?: (string);
  /**
   * JSON pointers within a row. To the address; empty: the row is the address.
   */
  'address'?: (string);
  /**
   * A time such as 10m, or a pointer to one or to a number of seconds. Empty: as long as the policy lets it.
   */
  'duration'?: (string);
  /**
   * A text, or a pointer to one.
   */
  'reason'?: (string);
  /**
   * POINTER=VALUE: a row with this value there is an unban. Empty: none is.
   */
  'unbanIf'?: (string);
}

/**
 * What an operator declares.
 */
export interface HookSpec__Output {
  /**
   * Of its path, /hooks/NAME, and of its source, "hook:NAME".
   */
  'name': (string);
  /**
   * How its sender shows that it has the secret: standard (Standard Webhooks), grafana, github, bearer.
   */
  'scheme': (string);
  /**
   * JSON pointer to the array of rows, or to the only one. Empty: the whole body.
   */
  'rows': (string);
  /**
   * JSON pointers within a row. To the address; empty: the row is the address.
   */
  'address': (string);
  /**
   * A time such as 10m, or a pointer to one or to a number of seconds. Empty: as long as the policy lets it.
   */
  'duration': (string);
  /**
   * A text, or a pointer to one.
   */
  'reason': (string);
  /**
   * POINTER=VALUE: a row with this value there is an unban. Empty: none is.
   */
  'unbanIf': (string);
}
