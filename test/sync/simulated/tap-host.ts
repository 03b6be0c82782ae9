// A host that inspects the very bytes on its stream, over real TLS: how many messages, how large, with how many rows. It
// says what a test wants it to say, and acks nothing by itself.
import { type ClientDuplexStream, makeClientConstructor } from '@grpc/grpc-js';
import { entryCount } from '../../../common/entries/packed.ts';
import { fromWire } from '../../../common/entries/wire.ts';
import { CONTROLLER_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import { channelOptions, clientCredentials } from '../../../lab/grpc-channel.ts';
import type { AgentMessage } from '../../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage__Output } from '../../../proto/gen/fleetblock/v1/ControllerMessage.ts';
import type { Hello } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import { type HostIdentity, until } from '../fleet.ts';

const { Sync } = protocol.AgentService.service;

export interface Tapped {
  readonly message: ControllerMessage__Output;
  readonly kind: string;
  /** On the wire, without gRPC's own five. */
  readonly bytes: number;
  /** Adds and removes, or rows of a chunk. */
  readonly rows: number;
}

export class TapHost {
  readonly messages: Tapped[] = [];
  /** Why the stream ended, when it has. */
  ended: Error | undefined;
  readonly #over = Promise.withResolvers<void>();
  readonly #client;
  readonly #call: ClientDuplexStream<AgentMessage, Buffer>;

  constructor(address: string, identity: HostIdentity, hello: Hello) {
    const Client = makeClientConstructor({ Sync: { ...Sync, responseDeserialize: (bytes: Buffer) => bytes } }, 'Sync');
    this.#client = new Client(address, clientCredentials(identity), channelOptions(CONTROLLER_NAME));
    this.#call = this.#client.makeBidiStreamRequest(Sync.path, Sync.requestSerialize, (bytes: Buffer) => bytes);
    this.#call.on('error', (error) => {
      this.ended ??= error;
      this.#over.resolve();
    });
    this.#call.on('data', (bytes: Buffer) => this.#take(bytes));
    this.send({ hello: { protocol: 1, agentVersion: 'tap', ...hello } });
  }

  send(message: AgentMessage): void {
    this.#call.write(message);
  }

  /** The same at the speed at which the controller takes it; also when the stream ends meanwhile. */
  sent(message: AgentMessage): Promise<void> {
    return Promise.race([
      new Promise<void>((resolve) => this.#call.write(message, () => resolve())),
      this.#over.promise,
    ]);
  }

  /** Kinds of all messages but pings. */
  get kinds(): string[] {
    return this.messages.map(({ kind }) => kind).filter((kind) => kind !== 'ping');
  }

  of(kind: string): Tapped[] {
    return this.messages.filter((each) => each.kind === kind);
  }

  async first(kind: string, timeoutMs = 30_000): Promise<Tapped> {
    await until(`a ${kind}`, () => this.of(kind).length > 0, timeoutMs);
    const [found] = this.of(kind);
    if (!found) throw new Error(`no ${kind}`);
    return found;
  }

  close(): void {
    this.#call.cancel();
    this.#client.close();
  }

  #take(bytes: Buffer): void {
    const message = Sync.responseDeserialize(bytes);
    const { delta, snapshotChunk } = message;
    const rows = [delta?.adds, delta?.removes, snapshotChunk?.entries].map((wire) =>
      entryCount(fromWire(wire ?? null)),
    );
    this.messages.push({
      message,
      kind: message.message ?? '',
      bytes: bytes.length,
      rows: rows.reduce((sum, each) => sum + each, 0),
    });
  }
}
