// Original file: proto/fleetblock/v1/operator.proto

import type { HostOutcomes as _fleetblock_v1_HostOutcomes, HostOutcomes__Output as _fleetblock_v1_HostOutcomes__Output } from '../../fleetblock/v1/HostOutcomes.ts';
import type { ListObjection as _fleetblock_v1_ListObjection, ListObjection__Output as _fleetblock_v1_ListObjection__Output } from '../../fleetblock/v1/ListObjection.ts';
import type { List as _fleetblock_v1_List, List__Output as _fleetblock_v1_List__Output } from '../../fleetblock/v1/List.ts';
import type { SkippedRow as _fleetblock_v1_SkippedRow, SkippedRow__Output as _fleetblock_v1_SkippedRow__Output } from '../../fleetblock/v1/SkippedRow.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListChangeReply {
  'revision'?: (number | string | Long);
  'added'?: (number | string | Long);
  /**
   * Now ends at another time.
   */
  'updated'?: (number | string | Long);
  'unchanged'?: (number | string | Long);
  'removed'?: (number | string | Long);
  'hosts'?: (_fleetblock_v1_HostOutcomes | null);
  /**
   * From the end of the request at the controller to the last ack (or the deadline), milliseconds.
   */
  'elapsedMs'?: (number | string);
  /**
   * What an import as asked for, a dry run, is refused for.
   */
  'objections'?: (_fleetblock_v1_ListObjection)[];
  /**
   * The list as it was, when its action, monitor or target is another now. Not set: they are not.
   */
  'former'?: (_fleetblock_v1_List | null);
  /**
   * Rows that were left out as the guard refuses them.
   */
  'skipped'?: (number | string | Long);
  /**
   * The first 20 of these.
   */
  'skippedRows'?: (_fleetblock_v1_SkippedRow)[];
  /**
   * The rollout that has begun; empty: none. See RolloutService. Its hosts are those of the first stage.
   */
  'rollout'?: (string);
}

export interface ListChangeReply__Output {
  'revision': (string);
  'added': (string);
  /**
   * Now ends at another time.
   */
  'updated': (string);
  'unchanged': (string);
  'removed': (string);
  'hosts': (_fleetblock_v1_HostOutcomes__Output | null);
  /**
   * From the end of the request at the controller to the last ack (or the deadline), milliseconds.
   */
  'elapsedMs': (number);
  /**
   * What an import as asked for, a dry run, is refused for.
   */
  'objections': (_fleetblock_v1_ListObjection__Output)[];
  /**
   * The list as it was, when its action, monitor or target is another now. Not set: they are not.
   */
  'former': (_fleetblock_v1_List__Output | null);
  /**
   * Rows that were left out as the guard refuses them.
   */
  'skipped': (string);
  /**
   * The first 20 of these.
   */
  'skippedRows': (_fleetblock_v1_SkippedRow__Output)[];
  /**
   * The rollout that has begun; empty: none. See RolloutService. Its hosts are those of the first stage.
   */
  'rollout': (string);
}
