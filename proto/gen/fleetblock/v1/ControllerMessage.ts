// Original file: proto/fleetblock/v1/agent.proto

import type { Welcome as _fleetblock_v1_Welcome, Welcome__Output as _fleetblock_v1_Welcome__Output } from '../../fleetblock/v1/Welcome.ts';
import type { Delta as _fleetblock_v1_Delta, Delta__Output as _fleetblock_v1_Delta__Output } from '../../fleetblock/v1/Delta.ts';
import type { SnapshotBegin as _fleetblock_v1_SnapshotBegin, SnapshotBegin__Output as _fleetblock_v1_SnapshotBegin__Output } from '../../fleetblock/v1/SnapshotBegin.ts';
import type { SnapshotChunk as _fleetblock_v1_SnapshotChunk, SnapshotChunk__Output as _fleetblock_v1_SnapshotChunk__Output } from '../../fleetblock/v1/SnapshotChunk.ts';
import type { SnapshotEnd as _fleetblock_v1_SnapshotEnd, SnapshotEnd__Output as _fleetblock_v1_SnapshotEnd__Output } from '../../fleetblock/v1/SnapshotEnd.ts';
import type { Ping as _fleetblock_v1_Ping, Ping__Output as _fleetblock_v1_Ping__Output } from '../../fleetblock/v1/Ping.ts';
import type { Lookup as _fleetblock_v1_Lookup, Lookup__Output as _fleetblock_v1_Lookup__Output } from '../../fleetblock/v1/Lookup.ts';
import type { DropWatch as _fleetblock_v1_DropWatch, DropWatch__Output as _fleetblock_v1_DropWatch__Output } from '../../fleetblock/v1/DropWatch.ts';
import type { ReportsAnswer as _fleetblock_v1_ReportsAnswer, ReportsAnswer__Output as _fleetblock_v1_ReportsAnswer__Output } from '../../fleetblock/v1/ReportsAnswer.ts';

export interface ControllerMessage {
  'welcome'?: (_fleetblock_v1_Welcome | null);
  'delta'?: (_fleetblock_v1_Delta | null);
  'snapshotBegin'?: (_fleetblock_v1_SnapshotBegin | null);
  'snapshotChunk'?: (_fleetblock_v1_SnapshotChunk | null);
  'snapshotEnd'?: (_fleetblock_v1_SnapshotEnd | null);
  'ping'?: (_fleetblock_v1_Ping | null);
  'lookup'?: (_fleetblock_v1_Lookup | null);
  'dropWatch'?: (_fleetblock_v1_DropWatch | null);
  'reportsAnswer'?: (_fleetblock_v1_ReportsAnswer | null);
  'message'?: "welcome"|"delta"|"snapshotBegin"|"snapshotChunk"|"snapshotEnd"|"ping"|"lookup"|"dropWatch"|"reportsAnswer";
}

export interface ControllerMessage__Output {
  'welcome'?: (_fleetblock_v1_Welcome__Output | null);
  'delta'?: (_fleetblock_v1_Delta__Output | null);
  'snapshotBegin'?: (_fleetblock_v1_SnapshotBegin__Output | null);
  'snapshotChunk'?: (_fleetblock_v1_SnapshotChunk__Output | null);
  'snapshotEnd'?: (_fleetblock_v1_SnapshotEnd__Output | null);
  'ping'?: (_fleetblock_v1_Ping__Output | null);
  'lookup'?: (_fleetblock_v1_Lookup__Output | null);
  'dropWatch'?: (_fleetblock_v1_DropWatch__Output | null);
  'reportsAnswer'?: (_fleetblock_v1_ReportsAnswer__Output | null);
  'message'?: "welcome"|"delta"|"snapshotBegin"|"snapshotChunk"|"snapshotEnd"|"ping"|"lookup"|"dropWatch"|"reportsAnswer";
}
