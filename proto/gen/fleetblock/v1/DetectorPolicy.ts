// Original file: proto/fleetblock/v1/detector.proto

import type { Long } from '@grpc/proto-loader';

export interface DetectorPolicy {
  /**
   * One source, "fail2ban:sshd", or all of a kind, "fail2ban:*". The exact one counts before the kind's.
   */
  'pattern'?: (string);
  /**
   * "host": only the reporting host; "label:KEY": hosts with the same value of that label; "fleet": all hosts. In a list also "none": a source
   * that reports without a policy; "unreadable": a policy that this controller cannot read. Reports are refused then, and the other fields are 0.
   */
  'scope'?: (string);
  /**
   * Milliseconds: reports that ask for more, or for no end, get this.
   */
  'maxDurationMs'?: (number | string | Long);
  /**
   * Addresses that all hosts together may have reported at a time. One host may have as many as are still free.
   */
  'maxClaims'?: (number);
  /**
   * Addresses per minute and host: what comes faster waits on the host.
   */
  'rate'?: (number);
  /**
   * Hosts that must report an address before it is blocked beyond them.
   */
  'quorum'?: (number);
}

export interface DetectorPolicy__Output {
  /**
   * One source, "fail2ban:sshd", or all of a kind, "fail2ban:*". The exact one counts before the kind's.
   */
  'pattern': (string);
  /**
   * "host": only the reporting host; "label:KEY": hosts with the same value of that label; "fleet": all hosts. In a list also "none": a source
   * that reports without a policy; "unreadable": a policy that this controller cannot read. Reports are refused then, and the other fields are 0.
   */
  'scope': (string);
  /**
   * Milliseconds: reports that ask for more, or for no end, get this.
   */
  'maxDurationMs': (string);
  /**
   * Addresses that all hosts together may have reported at a time. One host may have as many as are still free.
   */
  'maxClaims': (number);
  /**
   * Addresses per minute and host: what comes faster waits on the host.
   */
  'rate': (number);
  /**
   * Hosts that must report an address before it is blocked beyond them.
   */
  'quorum': (number);
}
