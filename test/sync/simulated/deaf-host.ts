// A host that connects, says now and then that it lives, and reads nothing: over real TLS, with real flow control. Plain HTTP/2, as a
// gRPC client takes what comes into a buffer of its own, whether it is asked for or not.
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { CONTROLLER_NAME } from '../../../common/rpc/channel.ts';
import { protocol } from '../../../common/rpc/proto.ts';
import type { AgentMessage } from '../../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { HostIdentity } from '../fleet.ts';

const { path, requestSerialize } = protocol.AgentService.service.Sync;

export class DeafHost {
  readonly identity: HostIdentity;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #timer: NodeJS.Timeout;
  /** Why the stream ended, when it has. */
  ended: Error | undefined;

  constructor(address: string, identity: HostIdentity) {
    this.identity = identity;
    this.#session = connect(`https://${address}`, {
      ca: identity.rootCertificate,
      cert: identity.certificateChain,
      key: identity.privateKey,
      servername: CONTROLLER_NAME,
    });
    this.#session.on('error', (error) => {
      this.ended ??= error;
    });
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    // Nobody listens for data: the stream's window fills, and nothing of it is taken.
    this.#stream = this.#session.request(headers, { endStream: false });
    this.#stream.on('error', (error) => {
      this.ended ??= error;
    });
    this.#stream.on('trailers', (trailers) => {
      this.ended ??= new Error(`${trailers['grpc-message']}`);
    });
    this.#stream.on('close', () => {
      this.ended ??= new Error('closed');
    });
    this.#say({ hello: { protocol: 1, agentVersion: 'deaf' } });
    this.#timer = setInterval(() => this.#say({ status: {} }), 2000);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#session.destroy();
  }

  #say(message: AgentMessage): void {
    if (this.#stream.destroyed) return;
    const bytes = requestSerialize(message);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(bytes.length, 1);
    this.#stream.write(Buffer.concat([head, bytes]));
  }
}
