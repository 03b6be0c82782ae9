// Original file: proto/fleetblock/v1/operator.proto

import type { Long } from '@grpc/proto-loader';

export interface HostCheck {
  'name'?: (string);
  /**
   * synced, lagging, offline or degraded.
   */
  'status'?: (string);
  /**
   * What this host's claims amount to: "drop", "pass", "allow" or "monitor".
   */
  'desired'?: (string);
  /**
   * What its kernel does, as read back from the maps; empty when it did not answer.
   */
  'realized'?: (string);
  /**
   * The kernel's entry that decides; empty when none does.
   */
  'entry'?: (string);
  /**
   * Packets that met the entry, as far as the kernel counts them.
   */
  'hits'?: (number | string | Long);
  /**
   * Unix milliseconds of the last of them; 0 when not known.
   */
  'lastHitMs'?: (number | string | Long);
  /**
   * Why there is no answer.
   */
  'problem'?: (string);
}

export interface HostCheck__Output {
  'name': (string);
  /**
   * synced, lagging, offline or degraded.
   */
  'status': (string);
  /**
   * What this host's claims amount to: "drop", "pass", "allow" or "monitor".
   */
  'desired': (string);
  /**
   * What its kernel does, as read back from the maps; empty when it did not answer.
   */
  'realized': (string);
  /**
   * The kernel's entry that decides; empty when none does.
   */
  'entry': (string);
  /**
   * Packets that met the entry, as far as the kernel counts them.
   */
  'hits': (string);
  /**
   * Unix milliseconds of the last of them; 0 when not known.
   */
  'lastHitMs': (string);
  /**
   * Why there is no answer.
   */
  'problem': (string);
}
