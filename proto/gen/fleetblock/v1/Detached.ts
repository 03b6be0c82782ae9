// Original file: proto/fleetblock/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The host's own root took the program off interfaces: `fleetblock-agent detach`.
 */
export interface Detached {
  /**
   * Milliseconds between that and this message.
   */
  'agoMs'?: (number | string | Long);
  /**
   * That it was taken off; at most 16.
   */
  'interfaces'?: (string)[];
  /**
   * Maps and all links went: nothing was enforced any more.
   */
  'everything'?: (boolean);
  /**
   * Told by detach itself: no session follows, Welcome says that it was heard.
   */
  'leaving'?: (boolean);
}

/**
 * The host's own root took the program off interfaces: `fleetblock-agent detach`.
 */
export interface Detached__Output {
  /**
   * Milliseconds between that and this message.
   */
  'agoMs': (string);
  /**
   * That it was taken off; at most 16.
   */
  'interfaces': (string)[];
  /**
   * Maps and all links went: nothing was enforced any more.
   */
  'everything': (boolean);
  /**
   * Told by detach itself: no session follows, Welcome says that it was heard.
   */
  'leaving': (boolean);
}
