// A host that connects, says now and then that it lives, and reads nothing: over real TLS, with real flow control.
import { CONTROLLER_NAME, channelOptions, clientCredentials } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import type { HostIdentity } from './fleet.ts';

export class DeafHost {
  readonly identity: HostIdentity;
  readonly #client;
  readonly #call;
  readonly #timer: NodeJS.Timeout;
  /** Why the stream ended, when it has. */
  ended: Error | undefined;

  constructor(address: string, identity: HostIdentity) {
    this.identity = identity;
    this.#client = new protocol.AgentService(address, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
    this.#call = this.#client.Sync();
    this.#call.on('error', (error) => {
      this.ended ??= error;
    });
    // Nobody listens for data: the stream's window fills, and nothing of it is taken.
    this.#call.write({ hello: { protocol: 1, agentVersion: 'deaf' } });
    this.#timer = setInterval(() => this.#call.write({ status: {} }), 2000);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#call.cancel();
    this.#client.close();
  }
}
