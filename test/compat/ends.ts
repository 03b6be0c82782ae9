// Both ends of a sync stream over mutual TLS, with messages as the bytes that they are on the wire.
import { makeClientConstructor, Server, type ServerDuplexStream } from '@grpc/grpc-js';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { channelOptions, clientCredentials } from '../../lab/grpc-channel.ts';
import { scriptedIdentities } from '../agent/tls-controller.ts';

const asBytes = (bytes: Buffer): Buffer => bytes;
const { Sync } = protocol.AgentService.service;
const bytesOnly = {
  Sync: {
    ...Sync,
    requestSerialize: asBytes,
    requestDeserialize: asBytes,
    responseSerialize: asBytes,
    responseDeserialize: asBytes,
  },
};

/** One end of a stream. */
export interface End {
  readonly messages: AsyncIterable<Buffer>;
  send(bytes: Buffer): void;
  close(): void;
}

/** The host's end of a stream to a controller. */
export function hostEnd(controller: string, identity: ClientIdentity): End {
  const client = new (makeClientConstructor(bytesOnly, 'Sync'))(
    controller,
    clientCredentials(identity),
    channelOptions(CONTROLLER_NAME),
  );
  const call = client.makeBidiStreamRequest(Sync.path, asBytes, asBytes);
  return {
    messages: quietly(call),
    send: (bytes) => void call.write(bytes),
    close: () => {
      call.cancel();
      client.close();
    },
  };
}

/** Where agents connect: the controller's ends of their streams. */
export class ControllerEnds {
  readonly identity: ClientIdentity;
  readonly address: string;
  readonly #server: Server;
  readonly #arrived: End[] = [];
  #wake: () => void = () => {};

  private constructor(identity: ClientIdentity, server: Server, port: number) {
    this.identity = identity;
    this.address = `127.0.0.1:${port}`;
    this.#server = server;
  }

  static async listen(): Promise<ControllerEnds> {
    const { identity, credentials } = await scriptedIdentities();
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    const ends = new ControllerEnds(identity, server, port);
    server.addService(bytesOnly, { Sync: (call: ServerDuplexStream<Buffer, Buffer>) => ends.#arrive(call) });
    return ends;
  }

  /** Of the next stream that an agent opens. */
  async next(): Promise<End> {
    for (;;) {
      const end = this.#arrived.shift();
      if (end) return end;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #arrive(call: ServerDuplexStream<Buffer, Buffer>): void {
    this.#arrived.push({
      messages: quietly(call),
      send: (bytes) => void call.write(bytes),
      close: () => call.end(),
    });
    this.#wake();
  }
}

/** The messages until the stream is over, for whatever reason. */
async function* quietly(call: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* call;
  } catch {
    // The other end has gone.
  }
}
