// The floor of propagation: raw grpc-js over TLS, a server that writes one message on every stream and clients that answer it.
// As a program: `echo.ts client HOST:PORT CERTIFICATE`, or `echo.ts serve HOST:PORT KEY CERTIFICATE STREAMS ROUNDS FILE`, which makes
// a page of FILE durable before each round, as any server that acknowledges a change must, prints a JSON array of milliseconds once that many
// streams are open, and ends.
import { fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  type Client,
  credentials,
  makeClientConstructor,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
} from '@grpc/grpc-js';

import { ackMessage, blockMessage } from './sizes.ts';

const bytes = (value: Buffer) => value;
const method = {
  path: '/floor.Echo/Stream',
  requestStream: true,
  responseStream: true,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
} as const;
const service: ServiceDefinition = { stream: method };

export const SERVER_NAME = 'floor.internal';

export class EchoServer {
  readonly #server = new Server();
  readonly #streams = new Set<ServerDuplexStream<Buffer, Buffer>>();
  #answered = 0;
  #onAll: (() => void) | undefined;

  /** @returns the port. PEM texts. */
  start(address: string, key: string, certificate: string): Promise<number> {
    this.#server.addService(service, {
      stream: (call: ServerDuplexStream<Buffer, Buffer>) => {
        this.#streams.add(call);
        call.on('data', () => {
          if (++this.#answered === this.#streams.size) this.#onAll?.();
        });
        call.on('error', () => this.#streams.delete(call));
        call.on('end', () => call.end());
      },
    });
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createSsl(null, [pair], false), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Writes the message on every stream. @returns milliseconds until the last one answered */
  round(message: Buffer): Promise<number> {
    const started = performance.now();
    this.#answered = 0;
    return new Promise((resolve) => {
      this.#onAll = () => resolve(performance.now() - started);
      for (const stream of this.#streams) stream.write(message);
    });
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

/** Opens one stream that answers whatever it gets with the bytes of an ack. */
export function echoClient(address: string, ca: string): Client {
  const Echo = makeClientConstructor(service, 'Echo');
  const client = new Echo(address, credentials.createSsl(Buffer.from(ca)), {
    'grpc.ssl_target_name_override': SERVER_NAME,
    'grpc.use_local_subchannel_pool': 1,
  });
  const ack = ackMessage();
  const open = () => {
    const stream = client.makeBidiStreamRequest(method.path, bytes, bytes);
    stream.on('data', () => stream.write(ack));
    // The server may not listen yet.
    stream.on('error', () => setTimeout(open, 100));
  };
  open();
  return client;
}

const PAGE_BYTES = 4096;

async function serve(
  address: string,
  files: readonly [string, string],
  streams: number,
  rounds: number,
  durable: string,
): Promise<void> {
  const file = openSync(durable, 'w');
  const page = Buffer.alloc(PAGE_BYTES, 1);
  const server = new EchoServer();
  await server.start(address, readFileSync(files[0], 'utf8'), readFileSync(files[1], 'utf8'));
  while (server.streams < streams) await sleep(20);
  const samples: number[] = [];
  // As apart as commands are: a hot loop would measure another thing.
  for (let round = -5; round < rounds; round++) {
    const started = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    await server.round(blockMessage());
    const ms = performance.now() - started;
    if (round >= 0) samples.push(ms);
    await sleep(20);
  }
  console.log(JSON.stringify(samples));
  server.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , role, address = '', first = '', second = '', streams, rounds, durable = ''] = process.argv;
  if (role === 'client') echoClient(address, readFileSync(first, 'utf8'));
  else await serve(address, [first, second], Number(streams), Number(rounds), durable);
}
