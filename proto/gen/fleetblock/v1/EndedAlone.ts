// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Entries of the list that this agent holds whose time is over, although no controller has taken them away: they ended in the kernel
 * on their own while the host was cut off. A block that waits for a confirmation is undone this way.
 */
export interface EndedAlone {
  'entries'?: (number | string | Long);
  /**
   * Milliseconds ago that the last of them ended, when this was sent.
   */
  'lastAgoMs'?: (number | string | Long);
  /**
   * Some of them, canonical; at most 20.
   */
  'prefixes'?: (string)[];
}

/**
 * Entries of the list that this agent holds whose time is over, although no controller has taken them away: they ended in the kernel
 * on their own while the host was cut off. A block that waits for a confirmation is undone this way.
 */
export interface EndedAlone__Output {
  'entries': (string);
  /**
   * Milliseconds ago that the last of them ended, when this was sent.
   */
  'lastAgoMs': (string);
  /**
   * Some of them, canonical; at most 20.
   */
  'prefixes': (string)[];
}
