// The sync stream: one gRPC call on an HTTP/2 connection of its own per attempt, so that the agent's backoff alone says when to try
// again and a controller that moved is looked up anew. Spoken on Node's HTTP/2 itself: docs/decisions/0021.
import { connect as http2Connect, type IncomingHttpHeaders } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { DETAILS, fromStatus } from '../../common/rpc/status.ts';
import { syncMethod } from '../../common/sync-wire/sync-method.ts';
import type { AgentMessage } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { SyncStream } from '../session/stream.ts';
import { Connector, type ConnectorOptions } from './connection.ts';
import { Keepalive } from './keepalive.ts';
import { frameOf, MessageFrames } from './message-frames.ts';
import { MessageQueue } from './message-queue.ts';

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
    return openCall(await this.#connector.connect(controller, identity, signal));
  }
}

const HEADERS = {
  ':method': 'POST',
  ':path': syncMethod.path,
  'content-type': 'application/grpc',
  te: 'trailers',
};

function openCall(socket: TLSSocket): SyncStream {
  const connection = http2Connect(`https://${CONTROLLER_NAME}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
  });
  const call = connection.request(HEADERS, { endStream: false });
  const frames = new MessageFrames();
  const messages = new MessageQueue<ControllerMessage__Output>(call);
  let status: FleetblockError | 'ok' | undefined;
  let over: Error | undefined;
  let drained: { resolve: () => void; reject: (error: Error) => void; promise: Promise<void> } | undefined;

  const end = (reason: Error) => {
    if (over) return;
    over = reason;
    messages.finish(status === 'ok' ? undefined : (status ?? reason));
    drained?.reject(reason);
    keepalive.stop();
    connection.destroy();
  };
  const lost = (error?: Error) =>
    end(
      new FleetblockError(
        'UNAVAILABLE',
        `the connection to the controller has ended${error ? `: ${messageOf(error)}` : ''}`,
        { cause: error },
      ),
    );
  const keepalive = new Keepalive(
    (answered) => connection.ping(answered),
    () => lost(new Error('it does not answer')),
  );
  const read = (headers: IncomingHttpHeaders) => {
    status ??= statusOf(headers);
  };
  connection.on('error', lost);
  connection.on('close', () => lost());
  call.on('error', lost);
  call.on('response', (headers) => {
    read(headers);
    if (!status && headers[':status'] !== 200)
      lost(new Error(`HTTP status ${headers[':status']}: is it the port of a fleetblock-controller?`));
  });
  call.on('trailers', read);
  call.on('data', (piece: Buffer) => {
    keepalive.heard();
    try {
      for (const message of frames.take(piece)) messages.push(syncMethod.deserialize(message));
    } catch (error) {
      end(error instanceof Error ? error : new Error(messageOf(error)));
    }
  });
  call.on('end', () => lost());
  call.on('close', () => lost());
  call.on('drain', () => {
    drained?.resolve();
    drained = undefined;
  });

  return {
    messages,
    send(message: AgentMessage): Promise<void> {
      if (over) return Promise.reject(over);
      if (call.write(frameOf(syncMethod.serialize(message)))) return Promise.resolve();
      if (!drained) {
        drained = Promise.withResolvers<void>();
        // Whoever sends waits for it; when nobody does any more, its end is no error of its own.
        drained.promise.catch(() => {});
      }
      return drained.promise;
    },
    close: () => end(new Error('the stream was closed on this side')),
  };
}

/** How the controller says that the call ended; undefined when these headers do not say. */
function statusOf(headers: IncomingHttpHeaders): FleetblockError | 'ok' | undefined {
  const code = headers['grpc-status'];
  if (typeof code !== 'string') return undefined;
  const text = headers['grpc-message'];
  if (code === '0') return 'ok';
  const details = headers[DETAILS];
  return fromStatus(Number(code), typeof text === 'string' ? decoded(text) : '', {
    details: typeof details === 'string' ? Buffer.from(details, 'base64') : undefined,
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
