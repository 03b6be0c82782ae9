// The sync stream: one gRPC call on a connection of its own per attempt, so that the agent's backoff alone says when to try again and a
// controller that moved is looked up again.
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { Connector, type ConnectorOptions } from '../../common/rpc/client/connector.ts';
import { Session } from '../../common/rpc/client/session.ts';
import { syncMethod } from '../../common/sync-wire/sync-method.ts';
import type { SyncStream } from './stream.ts';

/** Keeps no stream: each call of `dial` opens one, which is the caller's to close. */
export class SyncDialer {
  readonly #connector: Connector;

  constructor(options: ConnectorOptions = {}) {
    this.#connector = new Connector(options);
  }

  /**
   * @param controller HOST:PORT
   * @throws FleetblockError UNAVAILABLE: there is no way to it. Later failures come out of the stream's messages.
   */
  async dial(controller: string, identity: ClientIdentity, signal: AbortSignal): Promise<SyncStream> {
    const session = new Session(await this.#connector.connect(controller, identity, signal));
    const call = session.call(syncMethod);
    return {
      messages: call.messages,
      send: (message) => call.send(message),
      close: () => {
        call.cancel(new Error('the stream was closed on this side'));
        session.close();
      },
    };
  }
}
