// Original file: proto/fleetblock/v1/operator.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AuditEntry as _fleetblock_v1_AuditEntry, AuditEntry__Output as _fleetblock_v1_AuditEntry__Output } from '../../fleetblock/v1/AuditEntry.ts';
import type { BlockRequest as _fleetblock_v1_BlockRequest, BlockRequest__Output as _fleetblock_v1_BlockRequest__Output } from '../../fleetblock/v1/BlockRequest.ts';
import type { ChangeReply as _fleetblock_v1_ChangeReply, ChangeReply__Output as _fleetblock_v1_ChangeReply__Output } from '../../fleetblock/v1/ChangeReply.ts';
import type { CheckReply as _fleetblock_v1_CheckReply, CheckReply__Output as _fleetblock_v1_CheckReply__Output } from '../../fleetblock/v1/CheckReply.ts';
import type { CheckRequest as _fleetblock_v1_CheckRequest, CheckRequest__Output as _fleetblock_v1_CheckRequest__Output } from '../../fleetblock/v1/CheckRequest.ts';
import type { CheckWaitReply as _fleetblock_v1_CheckWaitReply, CheckWaitReply__Output as _fleetblock_v1_CheckWaitReply__Output } from '../../fleetblock/v1/CheckWaitReply.ts';
import type { CheckWaitRequest as _fleetblock_v1_CheckWaitRequest, CheckWaitRequest__Output as _fleetblock_v1_CheckWaitRequest__Output } from '../../fleetblock/v1/CheckWaitRequest.ts';
import type { ConfirmRequest as _fleetblock_v1_ConfirmRequest, ConfirmRequest__Output as _fleetblock_v1_ConfirmRequest__Output } from '../../fleetblock/v1/ConfirmRequest.ts';
import type { CreateTokenReply as _fleetblock_v1_CreateTokenReply, CreateTokenReply__Output as _fleetblock_v1_CreateTokenReply__Output } from '../../fleetblock/v1/CreateTokenReply.ts';
import type { CreateTokenRequest as _fleetblock_v1_CreateTokenRequest, CreateTokenRequest__Output as _fleetblock_v1_CreateTokenRequest__Output } from '../../fleetblock/v1/CreateTokenRequest.ts';
import type { DropReport as _fleetblock_v1_DropReport, DropReport__Output as _fleetblock_v1_DropReport__Output } from '../../fleetblock/v1/DropReport.ts';
import type { EntriesChunk as _fleetblock_v1_EntriesChunk, EntriesChunk__Output as _fleetblock_v1_EntriesChunk__Output } from '../../fleetblock/v1/EntriesChunk.ts';
import type { Event as _fleetblock_v1_Event, Event__Output as _fleetblock_v1_Event__Output } from '../../fleetblock/v1/Event.ts';
import type { ExportChunk as _fleetblock_v1_ExportChunk, ExportChunk__Output as _fleetblock_v1_ExportChunk__Output } from '../../fleetblock/v1/ExportChunk.ts';
import type { ExportRequest as _fleetblock_v1_ExportRequest, ExportRequest__Output as _fleetblock_v1_ExportRequest__Output } from '../../fleetblock/v1/ExportRequest.ts';
import type { ImportListRequest as _fleetblock_v1_ImportListRequest, ImportListRequest__Output as _fleetblock_v1_ImportListRequest__Output } from '../../fleetblock/v1/ImportListRequest.ts';
import type { IncludeInListRequest as _fleetblock_v1_IncludeInListRequest, IncludeInListRequest__Output as _fleetblock_v1_IncludeInListRequest__Output } from '../../fleetblock/v1/IncludeInListRequest.ts';
import type { LabelHostReply as _fleetblock_v1_LabelHostReply, LabelHostReply__Output as _fleetblock_v1_LabelHostReply__Output } from '../../fleetblock/v1/LabelHostReply.ts';
import type { LabelHostRequest as _fleetblock_v1_LabelHostRequest, LabelHostRequest__Output as _fleetblock_v1_LabelHostRequest__Output } from '../../fleetblock/v1/LabelHostRequest.ts';
import type { ListAuditRequest as _fleetblock_v1_ListAuditRequest, ListAuditRequest__Output as _fleetblock_v1_ListAuditRequest__Output } from '../../fleetblock/v1/ListAuditRequest.ts';
import type { ListChangeReply as _fleetblock_v1_ListChangeReply, ListChangeReply__Output as _fleetblock_v1_ListChangeReply__Output } from '../../fleetblock/v1/ListChangeReply.ts';
import type { ListConfirmationsReply as _fleetblock_v1_ListConfirmationsReply, ListConfirmationsReply__Output as _fleetblock_v1_ListConfirmationsReply__Output } from '../../fleetblock/v1/ListConfirmationsReply.ts';
import type { ListConfirmationsRequest as _fleetblock_v1_ListConfirmationsRequest, ListConfirmationsRequest__Output as _fleetblock_v1_ListConfirmationsRequest__Output } from '../../fleetblock/v1/ListConfirmationsRequest.ts';
import type { ListEntriesRequest as _fleetblock_v1_ListEntriesRequest, ListEntriesRequest__Output as _fleetblock_v1_ListEntriesRequest__Output } from '../../fleetblock/v1/ListEntriesRequest.ts';
import type { ListException as _fleetblock_v1_ListException, ListException__Output as _fleetblock_v1_ListException__Output } from '../../fleetblock/v1/ListException.ts';
import type { ListExceptionsRequest as _fleetblock_v1_ListExceptionsRequest, ListExceptionsRequest__Output as _fleetblock_v1_ListExceptionsRequest__Output } from '../../fleetblock/v1/ListExceptionsRequest.ts';
import type { ListHostsReply as _fleetblock_v1_ListHostsReply, ListHostsReply__Output as _fleetblock_v1_ListHostsReply__Output } from '../../fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest as _fleetblock_v1_ListHostsRequest, ListHostsRequest__Output as _fleetblock_v1_ListHostsRequest__Output } from '../../fleetblock/v1/ListHostsRequest.ts';
import type { ListListsReply as _fleetblock_v1_ListListsReply, ListListsReply__Output as _fleetblock_v1_ListListsReply__Output } from '../../fleetblock/v1/ListListsReply.ts';
import type { ListListsRequest as _fleetblock_v1_ListListsRequest, ListListsRequest__Output as _fleetblock_v1_ListListsRequest__Output } from '../../fleetblock/v1/ListListsRequest.ts';
import type { RemoveListRequest as _fleetblock_v1_RemoveListRequest, RemoveListRequest__Output as _fleetblock_v1_RemoveListRequest__Output } from '../../fleetblock/v1/RemoveListRequest.ts';
import type { ResyncHostsReply as _fleetblock_v1_ResyncHostsReply, ResyncHostsReply__Output as _fleetblock_v1_ResyncHostsReply__Output } from '../../fleetblock/v1/ResyncHostsReply.ts';
import type { ResyncHostsRequest as _fleetblock_v1_ResyncHostsRequest, ResyncHostsRequest__Output as _fleetblock_v1_ResyncHostsRequest__Output } from '../../fleetblock/v1/ResyncHostsRequest.ts';
import type { UnblockRequest as _fleetblock_v1_UnblockRequest, UnblockRequest__Output as _fleetblock_v1_UnblockRequest__Output } from '../../fleetblock/v1/UnblockRequest.ts';
import type { WatchDropsRequest as _fleetblock_v1_WatchDropsRequest, WatchDropsRequest__Output as _fleetblock_v1_WatchDropsRequest__Output } from '../../fleetblock/v1/WatchDropsRequest.ts';
import type { WatchEventsRequest as _fleetblock_v1_WatchEventsRequest, WatchEventsRequest__Output as _fleetblock_v1_WatchEventsRequest__Output } from '../../fleetblock/v1/WatchEventsRequest.ts';

/**
 * A method whose answer changes its shape gets another name: a program of another version then gets an error, and reads nothing that was
 * not meant.
 */
export interface OperatorServiceClient extends grpc.Client {
  /**
   * Adds one claim a prefix, all or nothing, and by choice waits for the hosts' proof.
   * INVALID_ARGUMENT: malformed prefix, host bits, no or bad target. NOT_FOUND: unknown host. FAILED_PRECONDITION: the guard refuses.
   */
  Block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Block(argument: _fleetblock_v1_BlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Block(argument: _fleetblock_v1_BlockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  /**
   * Adds one claim a prefix, all or nothing, and by choice waits for the hosts' proof.
   * INVALID_ARGUMENT: malformed prefix, host bits, no or bad target. NOT_FOUND: unknown host. FAILED_PRECONDITION: the guard refuses.
   */
  block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  block(argument: _fleetblock_v1_BlockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  block(argument: _fleetblock_v1_BlockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  block(argument: _fleetblock_v1_BlockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Which claims match an address or prefix, and what each connected host's kernel holds for it.
   */
  CheckPrefix(argument: _fleetblock_v1_CheckRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_CheckReply__Output>;
  CheckPrefix(argument: _fleetblock_v1_CheckRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_CheckReply__Output>;
  /**
   * Which claims match an address or prefix, and what each connected host's kernel holds for it.
   */
  checkPrefix(argument: _fleetblock_v1_CheckRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_CheckReply__Output>;
  checkPrefix(argument: _fleetblock_v1_CheckRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_CheckReply__Output>;
  
  /**
   * How far a call with a wait is. NOT_FOUND: it has its answer.
   */
  CheckWait(argument: _fleetblock_v1_CheckWaitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  CheckWait(argument: _fleetblock_v1_CheckWaitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  CheckWait(argument: _fleetblock_v1_CheckWaitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  CheckWait(argument: _fleetblock_v1_CheckWaitRequest, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  /**
   * How far a call with a wait is. NOT_FOUND: it has its answer.
   */
  checkWait(argument: _fleetblock_v1_CheckWaitRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  checkWait(argument: _fleetblock_v1_CheckWaitRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  checkWait(argument: _fleetblock_v1_CheckWaitRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  checkWait(argument: _fleetblock_v1_CheckWaitRequest, callback: grpc.requestCallback<_fleetblock_v1_CheckWaitReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Keeps a change that would otherwise be undone. NOT_FOUND: unknown id. FAILED_PRECONDITION: too late, or confirmed already.
   * PERMISSION_DENIED: it overrode the guard, and the caller is no admin.
   */
  Confirm(argument: _fleetblock_v1_ConfirmRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Confirm(argument: _fleetblock_v1_ConfirmRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Confirm(argument: _fleetblock_v1_ConfirmRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Confirm(argument: _fleetblock_v1_ConfirmRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  /**
   * Keeps a change that would otherwise be undone. NOT_FOUND: unknown id. FAILED_PRECONDITION: too late, or confirmed already.
   * PERMISSION_DENIED: it overrode the guard, and the caller is no admin.
   */
  confirm(argument: _fleetblock_v1_ConfirmRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  confirm(argument: _fleetblock_v1_ConfirmRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  confirm(argument: _fleetblock_v1_ConfirmRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  confirm(argument: _fleetblock_v1_ConfirmRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  CreateToken(argument: _fleetblock_v1_CreateTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  createToken(argument: _fleetblock_v1_CreateTokenRequest, callback: grpc.requestCallback<_fleetblock_v1_CreateTokenReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Single claims and rows of lists as packed columns, for exports of a million rows.
   */
  Export(argument: _fleetblock_v1_ExportRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ExportChunk__Output>;
  Export(argument: _fleetblock_v1_ExportRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ExportChunk__Output>;
  /**
   * Single claims and rows of lists as packed columns, for exports of a million rows.
   */
  export(argument: _fleetblock_v1_ExportRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ExportChunk__Output>;
  export(argument: _fleetblock_v1_ExportRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ExportChunk__Output>;
  
  /**
   * Makes one list (origin "list:NAME") what the stream says, by difference, as one revision, all or nothing. The begin comes
   * first, then rows. INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION as for Block.
   */
  ImportList(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  ImportList(metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  ImportList(options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  ImportList(callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  /**
   * Makes one list (origin "list:NAME") what the stream says, by difference, as one revision, all or nothing. The begin comes
   * first, then rows. INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION as for Block.
   */
  importList(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  importList(metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  importList(options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  importList(callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientWritableStream<_fleetblock_v1_ImportListRequest>;
  
  /**
   * Takes exceptions of a list back: it blocks again what its last import has of them. Outcomes: ADDED; UPDATED, an exception no more,
   * but the list has nothing of it; NOT_FOUND, it was none. NOT_FOUND: no such list.
   */
  IncludeInList(argument: _fleetblock_v1_IncludeInListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  IncludeInList(argument: _fleetblock_v1_IncludeInListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  IncludeInList(argument: _fleetblock_v1_IncludeInListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  IncludeInList(argument: _fleetblock_v1_IncludeInListRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  /**
   * Takes exceptions of a list back: it blocks again what its last import has of them. Outcomes: ADDED; UPDATED, an exception no more,
   * but the list has nothing of it; NOT_FOUND, it was none. NOT_FOUND: no such list.
   */
  includeInList(argument: _fleetblock_v1_IncludeInListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  includeInList(argument: _fleetblock_v1_IncludeInListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  includeInList(argument: _fleetblock_v1_IncludeInListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  includeInList(argument: _fleetblock_v1_IncludeInListRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Sets and removes labels of a host, which moves it to its new view. NOT_FOUND: no such host.
   */
  LabelHost(argument: _fleetblock_v1_LabelHostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  LabelHost(argument: _fleetblock_v1_LabelHostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  LabelHost(argument: _fleetblock_v1_LabelHostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  LabelHost(argument: _fleetblock_v1_LabelHostRequest, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  /**
   * Sets and removes labels of a host, which moves it to its new view. NOT_FOUND: no such host.
   */
  labelHost(argument: _fleetblock_v1_LabelHostRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  labelHost(argument: _fleetblock_v1_LabelHostRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  labelHost(argument: _fleetblock_v1_LabelHostRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  labelHost(argument: _fleetblock_v1_LabelHostRequest, callback: grpc.requestCallback<_fleetblock_v1_LabelHostReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Who did what, when and why. Oldest first.
   */
  ListAudit(argument: _fleetblock_v1_ListAuditRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_AuditEntry__Output>;
  ListAudit(argument: _fleetblock_v1_ListAuditRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_AuditEntry__Output>;
  /**
   * Who did what, when and why. Oldest first.
   */
  listAudit(argument: _fleetblock_v1_ListAuditRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_AuditEntry__Output>;
  listAudit(argument: _fleetblock_v1_ListAuditRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_AuditEntry__Output>;
  
  /**
   * Changes that wait to be confirmed, the first to be undone first.
   */
  ListConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  ListConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  ListConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  ListConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  /**
   * Changes that wait to be confirmed, the first to be undone first.
   */
  listConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  listConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  listConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  listConfirmations(argument: _fleetblock_v1_ListConfirmationsRequest, callback: grpc.requestCallback<_fleetblock_v1_ListConfirmationsReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Single claims first, then the rows of lists. INVALID_ARGUMENT: malformed prefix. NOT_FOUND: unknown host.
   */
  ListEntryChunks(argument: _fleetblock_v1_ListEntriesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_EntriesChunk__Output>;
  ListEntryChunks(argument: _fleetblock_v1_ListEntriesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_EntriesChunk__Output>;
  /**
   * Single claims first, then the rows of lists. INVALID_ARGUMENT: malformed prefix. NOT_FOUND: unknown host.
   */
  listEntryChunks(argument: _fleetblock_v1_ListEntriesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_EntriesChunk__Output>;
  listEntryChunks(argument: _fleetblock_v1_ListEntriesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_EntriesChunk__Output>;
  
  /**
   * By prefix. NOT_FOUND: no such list.
   */
  ListExceptions(argument: _fleetblock_v1_ListExceptionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListException__Output>;
  ListExceptions(argument: _fleetblock_v1_ListExceptionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListException__Output>;
  /**
   * By prefix. NOT_FOUND: no such list.
   */
  listExceptions(argument: _fleetblock_v1_ListExceptionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListException__Output>;
  listExceptions(argument: _fleetblock_v1_ListExceptionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListException__Output>;
  
  /**
   * By name, in bounded messages; the first one always comes. NOT_FOUND: unknown host.
   */
  ListHostChunks(argument: _fleetblock_v1_ListHostsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListHostsReply__Output>;
  ListHostChunks(argument: _fleetblock_v1_ListHostsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListHostsReply__Output>;
  /**
   * By name, in bounded messages; the first one always comes. NOT_FOUND: unknown host.
   */
  listHostChunks(argument: _fleetblock_v1_ListHostsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListHostsReply__Output>;
  listHostChunks(argument: _fleetblock_v1_ListHostsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListHostsReply__Output>;
  
  /**
   * By name, in bounded messages; none where there is no list.
   */
  ListListChunks(argument: _fleetblock_v1_ListListsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListListsReply__Output>;
  ListListChunks(argument: _fleetblock_v1_ListListsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListListsReply__Output>;
  /**
   * By name, in bounded messages; none where there is no list.
   */
  listListChunks(argument: _fleetblock_v1_ListListsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListListsReply__Output>;
  listListChunks(argument: _fleetblock_v1_ListListsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListListsReply__Output>;
  
  /**
   * Removes a list and all its rows. NOT_FOUND: no such list.
   */
  RemoveList(argument: _fleetblock_v1_RemoveListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  RemoveList(argument: _fleetblock_v1_RemoveListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  RemoveList(argument: _fleetblock_v1_RemoveListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  RemoveList(argument: _fleetblock_v1_RemoveListRequest, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  /**
   * Removes a list and all its rows. NOT_FOUND: no such list.
   */
  removeList(argument: _fleetblock_v1_RemoveListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  removeList(argument: _fleetblock_v1_RemoveListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  removeList(argument: _fleetblock_v1_RemoveListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  removeList(argument: _fleetblock_v1_RemoveListRequest, callback: grpc.requestCallback<_fleetblock_v1_ListChangeReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Orders hosts to take this controller's list whatever they hold: after a restore. NOT_FOUND: no such host.
   */
  ResyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  ResyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  ResyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  ResyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  /**
   * Orders hosts to take this controller's list whatever they hold: after a restore. NOT_FOUND: no such host.
   */
  resyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  resyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  resyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  resyncHosts(argument: _fleetblock_v1_ResyncHostsRequest, callback: grpc.requestCallback<_fleetblock_v1_ResyncHostsReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Removes the claims that one origin holds on these very prefixes. Never removes a covering or an inner prefix.
   * Of the origin "list:NAME": makes them exceptions of that list, which its rows are split around now and at later imports; on
   * all of its hosts, so without a target. NOT_FOUND: no such list.
   */
  Unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Unblock(argument: _fleetblock_v1_UnblockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  Unblock(argument: _fleetblock_v1_UnblockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  /**
   * Removes the claims that one origin holds on these very prefixes. Never removes a covering or an inner prefix.
   * Of the origin "list:NAME": makes them exceptions of that list, which its rows are split around now and at later imports; on
   * all of its hosts, so without a target. NOT_FOUND: no such list.
   */
  unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  unblock(argument: _fleetblock_v1_UnblockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  unblock(argument: _fleetblock_v1_UnblockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  unblock(argument: _fleetblock_v1_UnblockRequest, callback: grpc.requestCallback<_fleetblock_v1_ChangeReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Samples of what the hosts' kernels drop, as it happens, until the call is cancelled. NOT_FOUND: unknown host.
   */
  WatchDrops(argument: _fleetblock_v1_WatchDropsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_DropReport__Output>;
  WatchDrops(argument: _fleetblock_v1_WatchDropsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_DropReport__Output>;
  /**
   * Samples of what the hosts' kernels drop, as it happens, until the call is cancelled. NOT_FOUND: unknown host.
   */
  watchDrops(argument: _fleetblock_v1_WatchDropsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_DropReport__Output>;
  watchDrops(argument: _fleetblock_v1_WatchDropsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_DropReport__Output>;
  
  /**
   * What happened in the fleet recently; with follow, also what happens from now on.
   */
  WatchEvents(argument: _fleetblock_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Event__Output>;
  WatchEvents(argument: _fleetblock_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Event__Output>;
  /**
   * What happened in the fleet recently; with follow, also what happens from now on.
   */
  watchEvents(argument: _fleetblock_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Event__Output>;
  watchEvents(argument: _fleetblock_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_Event__Output>;
  
}

/**
 * A method whose answer changes its shape gets another name: a program of another version then gets an error, and reads nothing that was
 * not meant.
 */
export interface OperatorServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Adds one claim a prefix, all or nothing, and by choice waits for the hosts' proof.
   * INVALID_ARGUMENT: malformed prefix, host bits, no or bad target. NOT_FOUND: unknown host. FAILED_PRECONDITION: the guard refuses.
   */
  Block: grpc.handleUnaryCall<_fleetblock_v1_BlockRequest__Output, _fleetblock_v1_ChangeReply>;
  
  /**
   * Which claims match an address or prefix, and what each connected host's kernel holds for it.
   */
  CheckPrefix: grpc.handleServerStreamingCall<_fleetblock_v1_CheckRequest__Output, _fleetblock_v1_CheckReply>;
  
  /**
   * How far a call with a wait is. NOT_FOUND: it has its answer.
   */
  CheckWait: grpc.handleUnaryCall<_fleetblock_v1_CheckWaitRequest__Output, _fleetblock_v1_CheckWaitReply>;
  
  /**
   * Keeps a change that would otherwise be undone. NOT_FOUND: unknown id. FAILED_PRECONDITION: too late, or confirmed already.
   * PERMISSION_DENIED: it overrode the guard, and the caller is no admin.
   */
  Confirm: grpc.handleUnaryCall<_fleetblock_v1_ConfirmRequest__Output, _fleetblock_v1_ChangeReply>;
  
  CreateToken: grpc.handleUnaryCall<_fleetblock_v1_CreateTokenRequest__Output, _fleetblock_v1_CreateTokenReply>;
  
  /**
   * Single claims and rows of lists as packed columns, for exports of a million rows.
   */
  Export: grpc.handleServerStreamingCall<_fleetblock_v1_ExportRequest__Output, _fleetblock_v1_ExportChunk>;
  
  /**
   * Makes one list (origin "list:NAME") what the stream says, by difference, as one revision, all or nothing. The begin comes
   * first, then rows. INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION as for Block.
   */
  ImportList: grpc.handleClientStreamingCall<_fleetblock_v1_ImportListRequest__Output, _fleetblock_v1_ListChangeReply>;
  
  /**
   * Takes exceptions of a list back: it blocks again what its last import has of them. Outcomes: ADDED; UPDATED, an exception no more,
   * but the list has nothing of it; NOT_FOUND, it was none. NOT_FOUND: no such list.
   */
  IncludeInList: grpc.handleUnaryCall<_fleetblock_v1_IncludeInListRequest__Output, _fleetblock_v1_ChangeReply>;
  
  /**
   * Sets and removes labels of a host, which moves it to its new view. NOT_FOUND: no such host.
   */
  LabelHost: grpc.handleUnaryCall<_fleetblock_v1_LabelHostRequest__Output, _fleetblock_v1_LabelHostReply>;
  
  /**
   * Who did what, when and why. Oldest first.
   */
  ListAudit: grpc.handleServerStreamingCall<_fleetblock_v1_ListAuditRequest__Output, _fleetblock_v1_AuditEntry>;
  
  /**
   * Changes that wait to be confirmed, the first to be undone first.
   */
  ListConfirmations: grpc.handleUnaryCall<_fleetblock_v1_ListConfirmationsRequest__Output, _fleetblock_v1_ListConfirmationsReply>;
  
  /**
   * Single claims first, then the rows of lists. INVALID_ARGUMENT: malformed prefix. NOT_FOUND: unknown host.
   */
  ListEntryChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListEntriesRequest__Output, _fleetblock_v1_EntriesChunk>;
  
  /**
   * By prefix. NOT_FOUND: no such list.
   */
  ListExceptions: grpc.handleServerStreamingCall<_fleetblock_v1_ListExceptionsRequest__Output, _fleetblock_v1_ListException>;
  
  /**
   * By name, in bounded messages; the first one always comes. NOT_FOUND: unknown host.
   */
  ListHostChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListHostsRequest__Output, _fleetblock_v1_ListHostsReply>;
  
  /**
   * By name, in bounded messages; none where there is no list.
   */
  ListListChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListListsRequest__Output, _fleetblock_v1_ListListsReply>;
  
  /**
   * Removes a list and all its rows. NOT_FOUND: no such list.
   */
  RemoveList: grpc.handleUnaryCall<_fleetblock_v1_RemoveListRequest__Output, _fleetblock_v1_ListChangeReply>;
  
  /**
   * Orders hosts to take this controller's list whatever they hold: after a restore. NOT_FOUND: no such host.
   */
  ResyncHosts: grpc.handleUnaryCall<_fleetblock_v1_ResyncHostsRequest__Output, _fleetblock_v1_ResyncHostsReply>;
  
  /**
   * Removes the claims that one origin holds on these very prefixes. Never removes a covering or an inner prefix.
   * Of the origin "list:NAME": makes them exceptions of that list, which its rows are split around now and at later imports; on
   * all of its hosts, so without a target. NOT_FOUND: no such list.
   */
  Unblock: grpc.handleUnaryCall<_fleetblock_v1_UnblockRequest__Output, _fleetblock_v1_ChangeReply>;
  
  /**
   * Samples of what the hosts' kernels drop, as it happens, until the call is cancelled. NOT_FOUND: unknown host.
   */
  WatchDrops: grpc.handleServerStreamingCall<_fleetblock_v1_WatchDropsRequest__Output, _fleetblock_v1_DropReport>;
  
  /**
   * What happened in the fleet recently; with follow, also what happens from now on.
   */
  WatchEvents: grpc.handleServerStreamingCall<_fleetblock_v1_WatchEventsRequest__Output, _fleetblock_v1_Event>;
  
}

export interface OperatorServiceDefinition extends grpc.ServiceDefinition {
  Block: MethodDefinition<_fleetblock_v1_BlockRequest, _fleetblock_v1_ChangeReply, _fleetblock_v1_BlockRequest__Output, _fleetblock_v1_ChangeReply__Output>
  CheckPrefix: MethodDefinition<_fleetblock_v1_CheckRequest, _fleetblock_v1_CheckReply, _fleetblock_v1_CheckRequest__Output, _fleetblock_v1_CheckReply__Output>
  CheckWait: MethodDefinition<_fleetblock_v1_CheckWaitRequest, _fleetblock_v1_CheckWaitReply, _fleetblock_v1_CheckWaitRequest__Output, _fleetblock_v1_CheckWaitReply__Output>
  Confirm: MethodDefinition<_fleetblock_v1_ConfirmRequest, _fleetblock_v1_ChangeReply, _fleetblock_v1_ConfirmRequest__Output, _fleetblock_v1_ChangeReply__Output>
  CreateToken: MethodDefinition<_fleetblock_v1_CreateTokenRequest, _fleetblock_v1_CreateTokenReply, _fleetblock_v1_CreateTokenRequest__Output, _fleetblock_v1_CreateTokenReply__Output>
  Export: MethodDefinition<_fleetblock_v1_ExportRequest, _fleetblock_v1_ExportChunk, _fleetblock_v1_ExportRequest__Output, _fleetblock_v1_ExportChunk__Output>
  ImportList: MethodDefinition<_fleetblock_v1_ImportListRequest, _fleetblock_v1_ListChangeReply, _fleetblock_v1_ImportListRequest__Output, _fleetblock_v1_ListChangeReply__Output>
  IncludeInList: MethodDefinition<_fleetblock_v1_IncludeInListRequest, _fleetblock_v1_ChangeReply, _fleetblock_v1_IncludeInListRequest__Output, _fleetblock_v1_ChangeReply__Output>
  LabelHost: MethodDefinition<_fleetblock_v1_LabelHostRequest, _fleetblock_v1_LabelHostReply, _fleetblock_v1_LabelHostRequest__Output, _fleetblock_v1_LabelHostReply__Output>
  ListAudit: MethodDefinition<_fleetblock_v1_ListAuditRequest, _fleetblock_v1_AuditEntry, _fleetblock_v1_ListAuditRequest__Output, _fleetblock_v1_AuditEntry__Output>
  ListConfirmations: MethodDefinition<_fleetblock_v1_ListConfirmationsRequest, _fleetblock_v1_ListConfirmationsReply, _fleetblock_v1_ListConfirmationsRequest__Output, _fleetblock_v1_ListConfirmationsReply__Output>
  ListEntryChunks: MethodDefinition<_fleetblock_v1_ListEntriesRequest, _fleetblock_v1_EntriesChunk, _fleetblock_v1_ListEntriesRequest__Output, _fleetblock_v1_EntriesChunk__Output>
  ListExceptions: MethodDefinition<_fleetblock_v1_ListExceptionsRequest, _fleetblock_v1_ListException, _fleetblock_v1_ListExceptionsRequest__Output, _fleetblock_v1_ListException__Output>
  ListHostChunks: MethodDefinition<_fleetblock_v1_ListHostsRequest, _fleetblock_v1_ListHostsReply, _fleetblock_v1_ListHostsRequest__Output, _fleetblock_v1_ListHostsReply__Output>
  ListListChunks: MethodDefinition<_fleetblock_v1_ListListsRequest, _fleetblock_v1_ListListsReply, _fleetblock_v1_ListListsRequest__Output, _fleetblock_v1_ListListsReply__Output>
  RemoveList: MethodDefinition<_fleetblock_v1_RemoveListRequest, _fleetblock_v1_ListChangeReply, _fleetblock_v1_RemoveListRequest__Output, _fleetblock_v1_ListChangeReply__Output>
  ResyncHosts: MethodDefinition<_fleetblock_v1_ResyncHostsRequest, _fleetblock_v1_ResyncHostsReply, _fleetblock_v1_ResyncHostsRequest__Output, _fleetblock_v1_ResyncHostsReply__Output>
  Unblock: MethodDefinition<_fleetblock_v1_UnblockRequest, _fleetblock_v1_ChangeReply, _fleetblock_v1_UnblockRequest__Output, _fleetblock_v1_ChangeReply__Output>
  WatchDrops: MethodDefinition<_fleetblock_v1_WatchDropsRequest, _fleetblock_v1_DropReport, _fleetblock_v1_WatchDropsRequest__Output, _fleetblock_v1_DropReport__Output>
  WatchEvents: MethodDefinition<_fleetblock_v1_WatchEventsRequest, _fleetblock_v1_Event, _fleetblock_v1_WatchEventsRequest__Output, _fleetblock_v1_Event__Output>
}
