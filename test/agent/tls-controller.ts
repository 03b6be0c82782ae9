// A controller that says what a test wants, over real mutual TLS on the loopback interface.
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import type { Enrollment } from '../../agent/identity/enrollment.ts';
import { type ClientIdentity, CONTROLLER_NAME, MAX_MESSAGE_BYTES } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import {
  type Issuer,
  makeIssuer,
  makeLeaf,
  makeRoot,
  newKeyPair,
  type Usage,
} from '../../controller/identity/pki/certificates.ts';
import type { AgentMessage__Output } from '../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { ControllerMessage } from '../../proto/gen/fleetblock/v1/ControllerMessage.ts';

type Call = ServerDuplexStream<AgentMessage__Output, ControllerMessage>;

const validity = () => ({ notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) });

/** The controller's end of one agent's stream. */
export class AgentConnection {
  readonly #call: Call;
  readonly #received: AsyncIterator<AgentMessage__Output>;

  constructor(call: Call) {
    this.#call = call;
    // The agent may go at any time: what a test waits for fails then.
    call.on('error', () => {});
    this.#received = call[Symbol.asyncIterator]();
  }

  /** Resolves once the transport has room for more. */
  async push(...messages: ControllerMessage[]): Promise<void> {
    for (const message of messages)
      if (!this.#call.write(message)) await new Promise((resolve) => this.#call.once('drain', resolve));
  }

  /** The next message that is no status. @throws when the agent is gone */
  async next(): Promise<AgentMessage__Output> {
    for (;;) {
      const { value, done } = await this.#received.next();
      if (done) throw new Error('the agent ended the stream');
      if (!value.status) return value;
    }
  }

  async nextStatus(): Promise<NonNullable<AgentMessage__Output['status']>> {
    for (;;) {
      const { value, done } = await this.#received.next();
      if (done) throw new Error('the agent ended the stream');
      if (value.status) return value.status;
    }
  }

  end(): void {
    this.#call.end();
  }
}

export class ScriptedController {
  readonly identity: ClientIdentity;
  port = 0;
  readonly #credentials: ServerCredentials;
  #server: Server | undefined;
  #waiting: ((connection: AgentConnection) => void)[] = [];
  #arrived: AgentConnection[] = [];

  private constructor(identity: ClientIdentity, credentials: ServerCredentials) {
    this.identity = identity;
    this.#credentials = credentials;
  }

  static async start(): Promise<ScriptedController> {
    const { identity, credentials } = await scriptedIdentities();
    const controller = new ScriptedController(identity, credentials);
    await controller.listen();
    return controller;
  }

  /** Listens on the port that it had before, if any. */
  async listen(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
    server.addService(protocol.AgentService.service, {
      Sync: (call: Call) => {
        const connection = new AgentConnection(call);
        const waiting = this.#waiting.shift();
        if (waiting) waiting(connection);
        else this.#arrived.push(connection);
      },
    });
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, this.#credentials, (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
    this.#server = server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** As `join` stores it. */
  enrollment(): Enrollment {
    return { controller: this.address, hostId: 'h-1', hostName: 'host1', fleet: 'lab', identity: this.identity };
  }

  /** The next stream that an agent opens. */
  connection(): Promise<AgentConnection> {
    const arrived = this.#arrived.shift();
    return arrived ? Promise.resolve(arrived) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** As a killed process does: connections break, nothing listens. */
  stop(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
  }
}

/** Of a fleet with one host: what that presents, and what its controller serves with. */
export async function scriptedIdentities(): Promise<{ identity: ClientIdentity; credentials: ServerCredentials }> {
  const root = await makeRoot('scripted root', validity());
  const server = await leaf(root, 'server');
  const client = await leaf(root, 'client');
  const identity = { rootCertificate: root.pem, certificateChain: client.chain, privateKey: client.key };
  const certificate = { private_key: Buffer.from(server.key), cert_chain: Buffer.from(server.chain) };
  return { identity, credentials: ServerCredentials.createSsl(Buffer.from(root.pem), [certificate], true) };
}

async function leaf(root: Issuer, usage: Usage): Promise<{ chain: string; key: string }> {
  const issuer = await makeIssuer(root, `scripted ${usage}s`, usage, validity());
  const key = newKeyPair();
  const { pem } = await makeLeaf(issuer, {
    commonName: usage,
    names: [{ type: 'dns', value: usage === 'server' ? CONTROLLER_NAME : 'host1' }],
    publicKey: key.publicKey,
    usage,
    ...validity(),
  });
  return {
    chain: `${pem}${issuer.pem}`,
    key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
