// HTTP as a test speaks it: whole requests, streams of envelopes, and raw bytes.
import { once } from 'node:events';
import type { ClientRequest, IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { packEntries } from '../../common/entries/packed.ts';
import { toWire } from '../../common/entries/wire.ts';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { parsePrefix } from '../../common/text/prefix.ts';
import type { RunningFleet } from '../identity/running.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of a body that is JSON. */
  json(): ReturnType<typeof JSON.parse>;
}

export interface Asked {
  readonly identity?: ClientIdentity | undefined;
  readonly key?: string | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Where it calls from. */
  readonly localAddress?: string;
}

export const OPERATOR = '/fleetblock.v1.OperatorService/';
export const IDENTITY = '/fleetblock.v1.IdentityService/';

/** What every request of a test begins with; each has a connection of its own. */
export function requestTo(
  running: RunningFleet,
  path: string,
  { identity, key, method, headers, signal, localAddress }: Asked = {},
) {
  const options: RequestOptions = {
    host: '127.0.0.1',
    port: running.httpPort,
    path,
    method: method ?? 'POST',
    agent: false,
    servername: CONTROLLER_NAME,
    ca: running.fleet.authority.rootCertificate,
    ...(identity && { cert: identity.certificateChain, key: identity.privateKey }),
    ...(signal && { signal }),
    ...(localAddress !== undefined && { localAddress }),
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
  };
  return request(options);
}

/** Sends a body, and reads the whole answer. Rejects when the connection is cut. */
export async function send(
  running: RunningFleet,
  path: string,
  body: string | Buffer,
  asked: Asked = {},
): Promise<Reply> {
  const sent = requestTo(running, path, asked);
  sent.end(body);
  const [response] = await once(sent, 'response');
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  const whole = Buffer.concat(pieces);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: whole,
    json: () => JSON.parse(whole.toString()),
  };
}

/** One JSON document there and back. */
export function ask(running: RunningFleet, path: string, message: unknown, asked: Asked = {}): Promise<Reply> {
  return send(running, path, JSON.stringify(message), {
    ...asked,
    headers: { 'content-type': 'application/json', ...asked.headers },
  });
}

/** The packed columns of one block, as JSON has them. */
export function columnsOf(prefix: string): Record<string, string> {
  const rows = toWire(packEntries([{ prefix: parsePrefix(prefix), action: 'block', ttlMs: 0 }]));
  return Object.fromEntries(Object.entries(rows).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
}

/** In Connect's envelope. */
export function envelope(message: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, text]);
}

/** What a stream of envelopes holds: its messages, and its last one. */
export function opened(body: Buffer): {
  messages: ReturnType<typeof JSON.parse>[];
  last: ReturnType<typeof JSON.parse>;
} {
  const messages = [];
  let last: unknown;
  for (let at = 0; at < body.length; ) {
    const length = body.readUInt32BE(at + 1);
    const value = JSON.parse(body.subarray(at + 5, at + 5 + length).toString());
    if (body[at] === 2) last = value;
    else messages.push(value);
    at += 5 + length;
  }
  return { messages, last };
}

/** Messages there and a stream back, in envelopes. */
export function askStream(
  running: RunningFleet,
  path: string,
  messages: readonly unknown[],
  asked: Asked = {},
): Promise<Reply> {
  return send(running, path, Buffer.concat(messages.map(envelope)), {
    ...asked,
    headers: { 'content-type': 'application/connect+json', ...asked.headers },
  });
}

/** A connection on which a test says what no client would. */
export async function rawConnection(running: RunningFleet): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    port: running.httpPort,
    servername: CONTROLLER_NAME,
    ca: running.fleet.authority.rootCertificate,
  });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

/** Whatever error comes first. */
export function closed(stream: ClientRequest | TLSSocket): Promise<void> {
  return new Promise((resolve) => (stream.closed ? resolve() : stream.once('close', () => resolve())));
}

/** All that comes until the connection ends. */
export async function restOf(socket: TLSSocket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  await closed(socket);
  return Buffer.concat(pieces).toString();
}
