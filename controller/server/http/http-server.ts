// The HTTP port: connections, TLS, and what stands before a call. HTTP/1.1 only: docs/decisions/0070.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer, type Socket, type Server as TcpServer } from 'node:net';
import { FleetblockError } from '../../../common/errors.ts';
import { HeaviestOut } from '../../../common/net/heaviest-out.ts';
import { networkOf } from '../../../common/net/network.ts';
import type { Endpoint } from '../../../common/text/endpoint.ts';
import type { ServerCertificate } from '../../identity/server-identity.ts';
import { Front } from '../front/front.ts';
import { listenOn } from '../front/listen.ts';
import type { Peer } from './admission.ts';
import { sendError, sendJson } from './answer.ts';
import type { Door } from './door.ts';
import type { HttpCalls } from './http-calls.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http-limits.ts';

/** `identity` undefined: without TLS, on the loopback interface alone. */
export interface HttpServerOptions {
  readonly calls: HttpCalls;
  /** Default: none. */
  readonly doors?: readonly Door[];
  readonly identity: ServerCertificate | undefined;
  /** JSON text of the OpenAPI document, UTF-8. */
  readonly openapi: () => Buffer;
  /** As FrontOptions has it. */
  readonly onRefused?: (reason: string, from: string) => void;
  readonly limits?: Partial<HttpLimits>;
}

/** What is known of a connection. */
interface Connection {
  readonly peer: Peer;
  response: ServerResponse | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Connections come from a front, or without TLS from a plain listener; Node's HTTP server never listens itself. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #http: Server;
  readonly #front: Front | undefined;
  readonly #plain: TcpServer | undefined;
  readonly #strangers: HeaviestOut<Socket>;
  readonly #connections = new Map<Socket, Connection>();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
    const { strangers, strangersPerNetwork } = limits;
    const plain = options.identity === undefined;
    this.#limits = limits;
    this.#strangers = new HeaviestOut({
      limit: strangers,
      perNetwork: plain ? strangers : strangersPerNetwork,
      evict: (socket) => socket.destroy(),
    });
    // Its own times are of a server that listens: see #limitTime.
    this.#http = createHttpServer({ maxHeaderSize: limits.headBytes, keepAliveTimeout: 0, noDelay: true });
    for (const event of ['request', 'checkContinue'])
      this.#http.on(event, (request: IncomingMessage, response: ServerResponse) => this.#onRequest(request, response));
    if (options.identity)
      this.#front = new Front({
        identity: options.identity,
        protocol: 'http/1.1',
        onClient: (socket, certificate) => this.#accept(socket, certificate),
        onStranger: (socket) => this.#accept(socket),
        ...(options.onRefused && { onRefused: options.onRefused }),
      });
    else this.#plain = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** @returns the address listened on, with the port that port 0 became. @throws FleetblockError FAILED_PRECONDITION */
  listen(endpoint: Endpoint): Promise<Endpoint> {
    if (this.#front) return this.#front.listen(endpoint);
    if (!this.#plain) throw new TypeError('neither a front nor a listener');
    if (!isLoopback(endpoint.host))
      throw new FleetblockError(
        'FAILED_PRECONDITION',
        `HTTP without TLS is served on a loopback address alone, and ${endpoint.host} is none: say --http 127.0.0.1:PORT, or leave out --http-plain`,
      );
    return listenOn(this.#plain, endpoint, '--http');
  }

  /** From now on new connections see this identity; the ones that are open go on. */
  useIdentity(identity: ServerCertificate): void {
    this.#front?.useIdentity(identity);
  }

  /** Open connections, for metrics. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Cuts what is open after `graceMs`: calls that are under way have that long to end. */
  async close(graceMs: number): Promise<void> {
    const stopped = this.#front?.stopListening() ?? closed(this.#plain);
    for (const [socket, { response }] of this.#connections) if (!response) socket.destroy();
    const timer = setTimeout(() => this.#destroyAll(), graceMs);
    await stopped;
    clearTimeout(timer);
    this.#destroyAll();
  }

  #destroyAll(): void {
    this.#front?.destroyAll();
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #accept(socket: Socket, certificate?: Uint8Array): void {
    const stranger = certificate === undefined;
    const network = networkOf(socket.remoteAddress ?? '');
    // The next call may begin before the end of the last one is noticed.
    let calls = 0;
    const known = (open: boolean) => {
      calls += open ? 1 : -1;
      if (open) clearTimeout(connection.timer);
      this.#strangers.delete(socket, network);
      if (stranger && calls === 0 && !socket.destroyed) this.#strangers.add(socket, network);
    };
    const peer: Peer = {
      from: `${socket.remoteAddress}:${socket.remotePort}`,
      certificate,
      refusal: this.#front?.refusalOf(socket),
      known,
      cut: () => socket.destroy(),
    };
    const connection: Connection = { peer, response: undefined, timer: undefined };
    this.#connections.set(socket, connection);
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(connection.timer);
      this.#connections.delete(socket);
      this.#strangers.delete(socket, network);
    });
    // A peer that is gone without a word is noticed while a long answer has nothing to say.
    socket.setKeepAlive(true, 10_000);
    if (stranger) this.#strangers.add(socket, network);
    this.#limitTime(socket, connection);
    if (!socket.destroyed) this.#http.emit('connection', socket);
  }

  /** Cuts a connection on which nothing is asked, or slowly, or on which an answer is not read; a call that is let in ends this. */
  #limitTime(socket: Socket, connection: Connection): void {
    clearTimeout(connection.timer);
    connection.timer = setTimeout(() => socket.destroy(), this.#limits.headMs);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#connections.get(socket);
    request.on('error', () => {});
    response.on('error', () => {});
    // One at a time: a request that comes before the last one has its answer is of no client that we know.
    if (!connection || (connection.response && !connection.response.writableEnded)) {
      socket.destroy();
      return;
    }
    connection.response = response;
    this.#limitTime(socket, connection);
    response.once('close', () => this.#afterAnswer(request, response, connection));
    this.#answer(request, response, connection.peer);
  }

  #afterAnswer(request: IncomingMessage, response: ServerResponse, connection: Connection): void {
    const { socket } = request;
    // Begun and not finished: no one may take it for the whole.
    if (!response.writableFinished) socket.destroy();
    if (socket.destroyed || connection.response !== response) return;
    connection.response = undefined;
    this.#limitTime(socket, connection);
    if (request.complete) return;
    // Node goes on reading what is left of the body, so that the peer gets to the answer; not without end.
    const tooLong = setTimeout(() => socket.destroy(), this.#limits.restMs);
    request.once('end', () => clearTimeout(tooLong));
    socket.once('close', () => clearTimeout(tooLong));
  }

  #answer(request: IncomingMessage, response: ServerResponse, peer: Peer): void {
    const { method = '', url = '' } = request;
    const { calls, openapi, doors = [] } = this.#options;
    const refused = objection(request);
    const isDocument = url === '/openapi.json';
    const [path = ''] = url.split('?');
    const place = doors.map((door) => door.at(path)).find((found) => found !== undefined);
    const methods = place?.methods ?? (isDocument ? ['GET', 'HEAD'] : ['POST']);
    if (refused) sendError(response, new FleetblockError(refused.code, refused.text), { status: refused.status });
    else if (!place && !isDocument && !calls.has(url))
      sendError(response, new FleetblockError('UNIMPLEMENTED', 'there is no such method: see /openapi.json'), {
        status: 404,
      });
    else if (!methods.includes(method))
      sendError(response, new FleetblockError('UNIMPLEMENTED', `this is asked with ${methods.join(' or ')}`), {
        status: 405,
        headers: { allow: methods.join(', ') },
      });
    else if (place) place.serve(request, response, peer);
    else if (isDocument) sendJson(response, 200, openapi());
    else calls.serve(request, response, peer);
  }
}

/** What is answered before anything is asked about the caller; undefined: nothing is wrong. */
function objection({ httpVersion, headers, headersDistinct }: IncomingMessage) {
  if (httpVersion !== '1.1')
    return { code: 'UNIMPLEMENTED', text: 'this is served over HTTP/1.1', status: 505 } as const;
  // A page that a browser shows must not act with the certificate that the browser holds.
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || (site !== undefined && site !== 'none'))
    return { code: 'PERMISSION_DENIED', text: 'pages in browsers may not call this', status: 403 } as const;
  const twice = ONCE.find((name) => (headersDistinct[name]?.length ?? 0) > 1);
  if (twice) return { code: 'INVALID_ARGUMENT', text: `the header ${twice} is given twice`, status: 400 } as const;
  return undefined;
}

/** Headers of which a proxy before us may have read another one than we. */
const ONCE = ['host', 'authorization', 'x-api-key', 'content-type', 'content-encoding'];

/** Whether only programs on this machine reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.[0-9]+\.[0-9]+\.[0-9]+$/.test(host);
}

async function closed(server: TcpServer | undefined): Promise<void> {
  if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
}
