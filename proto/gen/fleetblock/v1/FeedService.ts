// Original file: proto/fleetblock/v1/feeds.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddFeedRequest as _fleetblock_v1_AddFeedRequest, AddFeedRequest__Output as _fleetblock_v1_AddFeedRequest__Output } from '../../fleetblock/v1/AddFeedRequest.ts';
import type { Feed as _fleetblock_v1_Feed, Feed__Output as _fleetblock_v1_Feed__Output } from '../../fleetblock/v1/Feed.ts';
import type { FeedReply as _fleetblock_v1_FeedReply, FeedReply__Output as _fleetblock_v1_FeedReply__Output } from '../../fleetblock/v1/FeedReply.ts';
import type { ListFeedsReply as _fleetblock_v1_ListFeedsReply, ListFeedsReply__Output as _fleetblock_v1_ListFeedsReply__Output } from '../../fleetblock/v1/ListFeedsReply.ts';
import type { ListFeedsRequest as _fleetblock_v1_ListFeedsRequest, ListFeedsRequest__Output as _fleetblock_v1_ListFeedsRequest__Output } from '../../fleetblock/v1/ListFeedsRequest.ts';
import type { PauseFeedRequest as _fleetblock_v1_PauseFeedRequest, PauseFeedRequest__Output as _fleetblock_v1_PauseFeedRequest__Output } from '../../fleetblock/v1/PauseFeedRequest.ts';
import type { RefreshFeedRequest as _fleetblock_v1_RefreshFeedRequest, RefreshFeedRequest__Output as _fleetblock_v1_RefreshFeedRequest__Output } from '../../fleetblock/v1/RefreshFeedRequest.ts';
import type { RemoveFeedReply as _fleetblock_v1_RemoveFeedReply, RemoveFeedReply__Output as _fleetblock_v1_RemoveFeedReply__Output } from '../../fleetblock/v1/RemoveFeedReply.ts';
import type { RemoveFeedRequest as _fleetblock_v1_RemoveFeedRequest, RemoveFeedRequest__Output as _fleetblock_v1_RemoveFeedRequest__Output } from '../../fleetblock/v1/RemoveFeedRequest.ts';

export interface FeedServiceClient extends grpc.Client {
  /**
   * Declares a feed, looks at it once, and from then on again and again. Its rows are the list "list:NAME", as an import makes it.
   * What the first look finds is in the reply; a feed is declared even if that fails. A dry run only looks.
   * INVALID_ARGUMENT, ALREADY_EXISTS. FAILED_PRECONDITION: there is a list of that name for other hosts. PERMISSION_DENIED:
   * allow_private, and the caller is no admin.
   */
  AddFeed(argument: _fleetblock_v1_AddFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  AddFeed(argument: _fleetblock_v1_AddFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  AddFeed(argument: _fleetblock_v1_AddFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  AddFeed(argument: _fleetblock_v1_AddFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  /**
   * Declares a feed, looks at it once, and from then on again and again. Its rows are the list "list:NAME", as an import makes it.
   * What the first look finds is in the reply; a feed is declared even if that fails. A dry run only looks.
   * INVALID_ARGUMENT, ALREADY_EXISTS. FAILED_PRECONDITION: there is a list of that name for other hosts. PERMISSION_DENIED:
   * allow_private, and the caller is no admin.
   */
  addFeed(argument: _fleetblock_v1_AddFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  addFeed(argument: _fleetblock_v1_AddFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  addFeed(argument: _fleetblock_v1_AddFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  addFeed(argument: _fleetblock_v1_AddFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * By name, in bounded messages; none where there is no feed.
   */
  ListFeedChunks(argument: _fleetblock_v1_ListFeedsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListFeedsReply__Output>;
  ListFeedChunks(argument: _fleetblock_v1_ListFeedsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListFeedsReply__Output>;
  /**
   * By name, in bounded messages; none where there is no feed.
   */
  listFeedChunks(argument: _fleetblock_v1_ListFeedsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListFeedsReply__Output>;
  listFeedChunks(argument: _fleetblock_v1_ListFeedsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_fleetblock_v1_ListFeedsReply__Output>;
  
  /**
   * A paused feed is not looked at; its list stays. NOT_FOUND.
   */
  PauseFeed(argument: _fleetblock_v1_PauseFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  PauseFeed(argument: _fleetblock_v1_PauseFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  PauseFeed(argument: _fleetblock_v1_PauseFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  PauseFeed(argument: _fleetblock_v1_PauseFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  /**
   * A paused feed is not looked at; its list stays. NOT_FOUND.
   */
  pauseFeed(argument: _fleetblock_v1_PauseFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  pauseFeed(argument: _fleetblock_v1_PauseFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  pauseFeed(argument: _fleetblock_v1_PauseFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  pauseFeed(argument: _fleetblock_v1_PauseFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_Feed__Output>): grpc.ClientUnaryCall;
  
  /**
   * Looks at once. NOT_FOUND. FAILED_PRECONDITION: its server does not want to be asked so soon, or nothing is there to accept.
   */
  RefreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  RefreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  RefreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  RefreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  /**
   * Looks at once. NOT_FOUND. FAILED_PRECONDITION: its server does not want to be asked so soon, or nothing is there to accept.
   */
  refreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  refreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  refreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  refreshFeed(argument: _fleetblock_v1_RefreshFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_FeedReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Forgets a feed, and removes its list. NOT_FOUND.
   */
  RemoveFeed(argument: _fleetblock_v1_RemoveFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  RemoveFeed(argument: _fleetblock_v1_RemoveFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  RemoveFeed(argument: _fleetblock_v1_RemoveFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  RemoveFeed(argument: _fleetblock_v1_RemoveFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  /**
   * Forgets a feed, and removes its list. NOT_FOUND.
   */
  removeFeed(argument: _fleetblock_v1_RemoveFeedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  removeFeed(argument: _fleetblock_v1_RemoveFeedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  removeFeed(argument: _fleetblock_v1_RemoveFeedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  removeFeed(argument: _fleetblock_v1_RemoveFeedRequest, callback: grpc.requestCallback<_fleetblock_v1_RemoveFeedReply__Output>): grpc.ClientUnaryCall;
  
}

export interface FeedServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Declares a feed, looks at it once, and from then on again and again. Its rows are the list "list:NAME", as an import makes it.
   * What the first look finds is in the reply; a feed is declared even if that fails. A dry run only looks.
   * INVALID_ARGUMENT, ALREADY_EXISTS. FAILED_PRECONDITION: there is a list of that name for other hosts. PERMISSION_DENIED:
   * allow_private, and the caller is no admin.
   */
  AddFeed: grpc.handleUnaryCall<_fleetblock_v1_AddFeedRequest__Output, _fleetblock_v1_FeedReply>;
  
  /**
   * By name, in bounded messages; none where there is no feed.
   */
  ListFeedChunks: grpc.handleServerStreamingCall<_fleetblock_v1_ListFeedsRequest__Output, _fleetblock_v1_ListFeedsReply>;
  
  /**
   * A paused feed is not looked at; its list stays. NOT_FOUND.
   */
  PauseFeed: grpc.handleUnaryCall<_fleetblock_v1_PauseFeedRequest__Output, _fleetblock_v1_Feed>;
  
  /**
   * Looks at once. NOT_FOUND. FAILED_PRECONDITION: its server does not want to be asked so soon, or nothing is there to accept.
   */
  RefreshFeed: grpc.handleUnaryCall<_fleetblock_v1_RefreshFeedRequest__Output, _fleetblock_v1_FeedReply>;
  
  /**
   * Forgets a feed, and removes its list. NOT_FOUND.
   */
  RemoveFeed: grpc.handleUnaryCall<_fleetblock_v1_RemoveFeedRequest__Output, _fleetblock_v1_RemoveFeedReply>;
  
}

export interface FeedServiceDefinition extends grpc.ServiceDefinition {
  AddFeed: MethodDefinition<_fleetblock_v1_AddFeedRequest, _fleetblock_v1_FeedReply, _fleetblock_v1_AddFeedRequest__Output, _fleetblock_v1_FeedReply__Output>
  ListFeedChunks: MethodDefinition<_fleetblock_v1_ListFeedsRequest, _fleetblock_v1_ListFeedsReply, _fleetblock_v1_ListFeedsRequest__Output, _fleetblock_v1_ListFeedsReply__Output>
  PauseFeed: MethodDefinition<_fleetblock_v1_PauseFeedRequest, _fleetblock_v1_Feed, _fleetblock_v1_PauseFeedRequest__Output, _fleetblock_v1_Feed__Output>
  RefreshFeed: MethodDefinition<_fleetblock_v1_RefreshFeedRequest, _fleetblock_v1_FeedReply, _fleetblock_v1_RefreshFeedRequest__Output, _fleetblock_v1_FeedReply__Output>
  RemoveFeed: MethodDefinition<_fleetblock_v1_RemoveFeedRequest, _fleetblock_v1_RemoveFeedReply, _fleetblock_v1_RemoveFeedRequest__Output, _fleetblock_v1_RemoveFeedReply__Output>
}
