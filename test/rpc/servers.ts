// What the client is tried against: a server of grpc-js that a test scripts, and one of bare HTTP/2 that does what grpc-js never would.
import { createSecureServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { afterEach } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../common/rpc/channel.ts';
import { Connector } from '../../common/rpc/client/connector.ts';
import type { Method } from '../../common/rpc/client/method.ts';
import { Session } from '../../common/rpc/client/session.ts';
import { TestAuthority } from '../cli/support/certificates.ts';

/** What the server does with calls of each shape. Messages are bytes, as they are. */
export interface Handlers {
  one?: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void;
  down?: (call: ServerWritableStream<Buffer, Buffer>) => void;
  up?: (call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void;
  both?: (call: ServerDuplexStream<Buffer, Buffer>) => void;
}

export function methodOf(name: string): Method<Buffer, Buffer> {
  return { path: `/test.Test/${name}`, serialize: (bytes) => bytes, deserialize: (bytes) => Buffer.from(bytes) };
}

function definition(name: string, requestStream: boolean, responseStream: boolean): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer) => bytes;
  return {
    path: methodOf(name).path,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

const SERVICE = {
  one: definition('one', false, false),
  down: definition('down', false, true),
  up: definition('up', true, false),
  both: definition('both', true, true),
};

export interface Running {
  /** A connection to it that has been let in. */
  connect(): Promise<Session>;
  readonly port: number;
}

const authority = TestAuthority.create();
const atEnd: (() => void)[] = [];
afterEach(() => {
  for (const end of atEnd.splice(0)) end();
});

async function running(port: number): Promise<Running> {
  const { root } = await authority;
  const { certificate, key } = await (await authority).operator();
  return {
    port,
    async connect() {
      const credentials = { rootCertificate: root, certificateChain: certificate, privateKey: key };
      const signal = AbortSignal.timeout(60_000);
      const session = await Session.open(new Connector(), `127.0.0.1:${port}`, credentials, signal);
      atEnd.push(() => session.close());
      return session;
    },
  };
}

/** `name`: in its certificate. */
export async function grpcServer(handlers: Handlers, name?: string): Promise<Running & { readonly server: Server }> {
  const { root } = await authority;
  const { certificate, key } = await (await authority).server(name);
  // Its own limit is above the client's, so that the client's is what is seen.
  const server = new Server({ 'grpc.max_receive_message_length': 4 * MAX_MESSAGE_BYTES });
  server.addService(SERVICE, { ...handlers });
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) };
  const credentials = ServerCredentials.createSsl(Buffer.from(root), [pair], true);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  atEnd.push(() => server.forceShutdown());
  return { ...(await running(port)), server };
}

/** `onCall` for every stream; `onSocket` for every connection, before HTTP/2 begins there. */
export async function bareServer(
  onCall: (stream: ServerHttp2Stream) => void,
  onSocket: (socket: TLSSocket) => void = () => {},
): Promise<Running> {
  const { root } = await authority;
  const { certificate, key } = await (await authority).server();
  const server = createSecureServer({ ca: root, cert: certificate, key, requestCert: true });
  const sessions = new Set<Http2Session>();
  server.prependListener('secureConnection', onSocket);
  server.on('session', (session) => sessions.add(session.on('error', () => {})));
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.resume();
    onCall(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const address = server.address();
  return running(typeof address === 'object' && address ? address.port : 0);
}
