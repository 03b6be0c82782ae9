// The feed service as the commands call it.
import { method } from '../../common/rpc/client/method.ts';
import type { AddFeedRequest } from '../../proto/gen/fleetblock/v1/AddFeedRequest.ts';
import type { Feed__Output } from '../../proto/gen/fleetblock/v1/Feed.ts';
import type { FeedReply__Output } from '../../proto/gen/fleetblock/v1/FeedReply.ts';
import type { PauseFeedRequest } from '../../proto/gen/fleetblock/v1/PauseFeedRequest.ts';
import type { RefreshFeedRequest } from '../../proto/gen/fleetblock/v1/RefreshFeedRequest.ts';
import type { RemoveFeedReply__Output } from '../../proto/gen/fleetblock/v1/RemoveFeedReply.ts';
import type { RemoveFeedRequest } from '../../proto/gen/fleetblock/v1/RemoveFeedRequest.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cli } from '../environment.ts';
import { type Connection, withConnection } from './connection.ts';

/** A look may wait for others before it, and takes five minutes at most, milliseconds. */
const LOOK_MS = 600_000;

/** All methods throw FleetblockError: the controller's code and text, or why it could not be reached. */
export class FeedClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(request: AddFeedRequest): Promise<FeedReply__Output> {
    return this.#connection.unary(method('FeedService', 'AddFeed'), request, LOOK_MS);
  }

  list(): Promise<Feed__Output[]> {
    return this.#connection.all(method('FeedService', 'ListFeedChunks'), {}, ({ feeds }) => feeds);
  }

  refresh(request: RefreshFeedRequest): Promise<FeedReply__Output> {
    return this.#connection.unary(method('FeedService', 'RefreshFeed'), request, LOOK_MS);
  }

  pause(request: PauseFeedRequest): Promise<Feed__Output> {
    return this.#connection.unary(method('FeedService', 'PauseFeed'), request);
  }

  remove(request: RemoveFeedRequest): Promise<RemoveFeedReply__Output> {
    return this.#connection.unary(method('FeedService', 'RemoveFeed'), request);
  }
}

/** Runs `use` on a connection that is closed afterwards. */
export function withFeeds<T>(cli: Cli, credentials: Credentials, use: (client: FeedClient) => Promise<T>): Promise<T> {
  return withConnection(cli, credentials, (connection) => use(new FeedClient(connection)));
}
