// Original file: proto/fleetblock/v1/types.proto

import type { Long } from '@grpc/proto-loader';

/**
 * How a change reaches its hosts: stage by stage.
 */
export interface Stages {
  /**
   * Shares of the hosts ("1%") and labels of those to begin with ("canary=yes"); the last is "100%".
   */
  'stages'?: (string)[];
  /**
   * How long each stage but the last is watched, milliseconds: 1 second to an hour.
   */
  'bakeMs'?: (number | string | Long);
  /**
   * Halts when a host of the stage drops more packets per second, all its entries together; 0: no bound.
   */
  'haltDrops'?: (number | string | Long);
  /**
   * Names of hosts whose word that they talk to a listed address does not halt it.
   */
  'ignoreHosts'?: (string)[];
  /**
   * How many rollouts the caller begins one after another, this one among them: it is refused when not all of them have room.
   */
  'together'?: (number);
}

/**
 * How a change reaches its hosts: stage by stage.
 */
export interface Stages__Output {
  /**
   * Shares of the hosts ("1%") and labels of those to begin with ("canary=yes"); the last is "100%".
   */
  'stages': (string)[];
  /**
   * How long each stage but the last is watched, milliseconds: 1 second to an hour.
   */
  'bakeMs': (string);
  /**
   * Halts when a host of the stage drops more packets per second, all its entries together; 0: no bound.
   */
  'haltDrops': (string);
  /**
   * Names of hosts whose word that they talk to a listed address does not halt it.
   */
  'ignoreHosts': (string)[];
  /**
   * How many rollouts the caller begins one after another, this one among them: it is refused when not all of them have room.
   */
  'together': (number);
}
