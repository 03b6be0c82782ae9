// Original file: proto/fleetblock/v1/agent.proto

import type { Hello as _fleetblock_v1_Hello, Hello__Output as _fleetblock_v1_Hello__Output } from '../../fleetblock/v1/Hello.ts';
import type { Ack as _fleetblock_v1_Ack, Ack__Output as _fleetblock_v1_Ack__Output } from '../../fleetblock/v1/Ack.ts';
import type { Nack as _fleetblock_v1_Nack, Nack__Output as _fleetblock_v1_Nack__Output } from '../../fleetblock/v1/Nack.ts';
import type { Status as _fleetblock_v1_Status, Status__Output as _fleetblock_v1_Status__Output } from '../../fleetblock/v1/Status.ts';
import type { Pong as _fleetblock_v1_Pong, Pong__Output as _fleetblock_v1_Pong__Output } from '../../fleetblock/v1/Pong.ts';
import type { LookupReply as _fleetblock_v1_LookupReply, LookupReply__Output as _fleetblock_v1_LookupReply__Output } from '../../fleetblock/v1/LookupReply.ts';
import type { DropEvents as _fleetblock_v1_DropEvents, DropEvents__Output as _fleetblock_v1_DropEvents__Output } from '../../fleetblock/v1/DropEvents.ts';
import type { KeyKept as _fleetblock_v1_KeyKept, KeyKept__Output as _fleetblock_v1_KeyKept__Output } from '../../fleetblock/v1/KeyKept.ts';
import type { Reports as _fleetblock_v1_Reports, Reports__Output as _fleetblock_v1_Reports__Output } from '../../fleetblock/v1/Reports.ts';

export interface AgentMessage {
  'hello'?: (_fleetblock_v1_Hello | null);
  'ack'?: (_fleetblock_v1_Ack | null);
  'nack'?: (_fleetblock_v1_Nack | null);
  'status'?: (_fleetblock_v1_Status | null);
  'pong'?: (_fleetblock_v1_Pong | null);
  'lookupReply'?: (_fleetblock_v1_LookupReply | null);
  'dropEvents'?: (_fleetblock_v1_DropEvents | null);
  'keyKept'?: (_fleetblock_v1_KeyKept | null);
  'reports'?: (_fleetblock_v1_Reports | null);
  'message'?: "hello"|"ack"|"nack"|"status"|"pong"|"lookupReply"|"dropEvents"|"keyKept"|"reports";
}

export interface AgentMessage__Output {
  'hello'?: (_fleetblock_v1_Hello__Output | null);
  'ack'?: (_fleetblock_v1_Ack__Output | null);
  'nack'?: (_fleetblock_v1_Nack__Output | null);
  'status'?: (_fleetblock_v1_Status__Output | null);
  'pong'?: (_fleetblock_v1_Pong__Output | null);
  'lookupReply'?: (_fleetblock_v1_LookupReply__Output | null);
  'dropEvents'?: (_fleetblock_v1_DropEvents__Output | null);
  'keyKept'?: (_fleetblock_v1_KeyKept__Output | null);
  'reports'?: (_fleetblock_v1_Reports__Output | null);
  'message'?: "hello"|"ack"|"nack"|"status"|"pong"|"lookupReply"|"dropEvents"|"keyKept"|"reports";
}
