// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface LookupReply {
  'id'?: (number | string | Long);
  /**
   * "drop", "pass", "allow" or "monitor"; empty when it could not be read.
   */
  'verdict'?: (string);
  /**
   * The entry that decides, canonical; empty when none does.
   */
  'entry'?: (string);
  /**
   * Packets that met it, as far as the kernel counts them.
   */
  'hits'?: (number | string | Long);
  /**
   * Unix milliseconds on the agent's clock; 0 when not known.
   */
  'lastHitMs'?: (number | string | Long);
  /**
   * Why it could not be read.
   */
  'problem'?: (string);
}

export interface LookupReply__Output {
  'id': (string);
  /**
   * "drop", "pass", "allow" or "monitor"; empty when it could not be read.
   */
  'verdict': (string);
  /**
   * The entry that decides, canonical; empty when none does.
   */
  'entry': (string);
  /**
   * Packets that met it, as far as the kernel counts them.
   */
  'hits': (string);
  /**
   * Unix milliseconds on the agent's clock; 0 when not known.
   */
  'lastHitMs': (string);
  /**
   * Why it could not be read.
   */
  'problem': (string);
}
