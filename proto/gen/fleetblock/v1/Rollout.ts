// Original file: proto/fleetblock/v1/rollouts.proto

import type { Selector as _fleetblock_v1_Selector, Selector__Output as _fleetblock_v1_Selector__Output } from '../../fleetblock/v1/Selector.ts';
import type { Long } from '@grpc/proto-loader';

export interface Rollout {
  'id'?: (string);
  /**
   * What it carries: "block 192.0.2.1/32 and 3 more", "list:scanners".
   */
  'what'?: (string);
  'origin'?: (string);
  'target'?: (_fleetblock_v1_Selector | null);
  /**
   * As they were asked for.
   */
  'stages'?: (string)[];
  /**
   * The one that it is at, from 1.
   */
  'stage'?: (number);
  /**
   * How long each stage is watched.
   */
  'bakeMs'?: (number | string | Long);
  /**
   * Until the next stage; 0 when it is paused or over.
   */
  'remainingMs'?: (number | string | Long);
  /**
   * Hosts that the stage reaches, of all that the rollout is for.
   */
  'hosts'?: (number);
  'targeted'?: (number);
  /**
   * running, paused, halted, done or aborted. Halted and aborted ones are undone.
   */
  'state'?: (string);
  /**
   * Why it was paused, halted or aborted; or whose proof a running one waits for.
   */
  'why'?: (string);
  'actor'?: (string);
  'reason'?: (string);
  /**
   * Unix milliseconds.
   */
  'startedAtMs'?: (number | string | Long);
  /**
   * When it became what it is, Unix milliseconds.
   */
  'changedAtMs'?: (number | string | Long);
  /**
   * As Stages has them.
   */
  'haltDrops'?: (number | string | Long);
  'ignoreHosts'?: (string)[];
}

export interface Rollout__Output {
  'id': (string);
  /**
   * What it carries: "block 192.0.2.1/32 and 3 more", "list:scanners".
   */
  'what': (string);
  'origin': (string);
  'target': (_fleetblock_v1_Selector__Output | null);
  /**
   * As they were asked for.
   */
  'stages': (string)[];
  /**
   * The one that it is at, from 1.
   */
  'stage': (number);
  /**
   * How long each stage is watched.
   */
  'bakeMs': (string);
  /**
   * Until the next stage; 0 when it is paused or over.
   */
  'remainingMs': (string);
  /**
   * Hosts that the stage reaches, of all that the rollout is for.
   */
  'hosts': (number);
  'targeted': (number);
  /**
   * running, paused, halted, done or aborted. Halted and aborted ones are undone.
   */
  'state': (string);
  /**
   * Why it was paused, halted or aborted; or whose proof a running one waits for.
   */
  'why': (string);
  'actor': (string);
  'reason': (string);
  /**
   * Unix milliseconds.
   */
  'startedAtMs': (string);
  /**
   * When it became what it is, Unix milliseconds.
   */
  'changedAtMs': (string);
  /**
   * As Stages has them.
   */
  'haltDrops': (string);
  'ignoreHosts': (string)[];
}
