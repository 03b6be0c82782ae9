// The sync stream over gRPC: a connection of its own per attempt, so that the agent's backoff alone says when to try again
// (a kept channel has a second backoff inside) and a controller that moved is looked up anew.
import type { ClientIdentity } from '../../common/rpc/channel.ts';
import { CONTROLLER_NAME, channelOptions, clientCredentials } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { fromServiceError, isServiceError } from '../../common/rpc/status.ts';
import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { SyncStream } from '../session/stream.ts';
import { MessageQueue } from './message-queue.ts';
import { syncMethod } from './sync-codec.ts';

/** `controller`: HOST:PORT. Nothing is thrown here: a failure to connect comes out of the stream's messages. */
export function openSyncStream(controller: string, identity: ClientIdentity): SyncStream {
  const client = new protocol.AgentService(controller, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
  const call = client.makeBidiStreamRequest(syncMethod.path, syncMethod.serialize, syncMethod.deserialize);
  let over: Error | undefined;
  let drained: { resolve: () => void; reject: (error: Error) => void; promise: Promise<void> } | undefined;

  const end = (reason: Error) => {
    if (over) return;
    over = reason;
    drained?.reject(over);
    client.close();
  };
  // From the first moment: an error event without a listener would end the process. The queue below sees it too.
  call.on('error', (error) => end(error));
  call.on('close', () => end(new Error('the stream has ended')));
  call.on('drain', () => {
    drained?.resolve();
    drained = undefined;
  });

  const messages = new MessageQueue<ControllerMessage__Output>(call, (error) =>
    isServiceError(error) ? fromServiceError(error) : error,
  );

  return {
    messages,
    send(message: AgentMessage): Promise<void> {
      if (over) return Promise.reject(over);
      if (call.write(message)) return Promise.resolve();
      if (!drained) {
        drained = Promise.withResolvers<void>();
        // Whoever sends waits for it; when nobody does any more, its end is no error of its own.
        drained.promise.catch(() => {});
      }
      return drained.promise;
    },
    close(): void {
      end(new Error('the stream was closed on this side'));
      call.cancel();
    },
  };
}
