// Prometheus metrics and health over plain HTTP: bind it to the loopback address or to a network that is only yours.
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Registry } from 'prom-client';
import { FleetblockError, messageOf } from '../errors.ts';
import { type Endpoint, formatEndpoint } from '../text/endpoint.ts';
import { HeaviestOut } from './heaviest-out.ts';
import { networkOf } from './network.ts';

/** `listening` has the real port when port 0 was asked for. `close` cuts open connections. */
export interface MetricsServer {
  readonly listening: Endpoint;
  close(): Promise<void>;
}

/** Milliseconds until a request must be complete, and between checks of those that are not. */
const PATIENCE = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 };
/** One more pushes out the oldest of the network that has the most, so that no network keeps another from asking. */
const CONNECTIONS = { limit: 64, perNetwork: 16 };

/**
 * Serves `/metrics`, and `/healthz` and `/readyz`.
 * @param ready whether the program does its work; `/healthz` only says that it answers. Default always: it listens once it does
 * @throws FleetblockError FAILED_PRECONDITION when it cannot listen there
 */
export async function serveMetrics(
  endpoint: Endpoint,
  registry: Registry,
  ready: () => boolean = () => true,
): Promise<MetricsServer> {
  // One answer for all requests while it is made: it reads everything.
  let rendering: Promise<string> | undefined;
  const rendered = () => {
    rendering ??= registry.metrics().finally(() => {
      rendering = undefined;
    });
    return rendering;
  };
  const server = createServer(PATIENCE, (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405).end();
    if (path === '/healthz') return response.end('ok\n');
    if (path === '/readyz') return ready() ? response.end('ok\n') : response.writeHead(503).end('not ready\n');
    if (path !== '/metrics') return response.writeHead(404).end();
    rendered().then(
      (text) => response.setHeader('content-type', registry.contentType).end(text),
      () => response.writeHead(500).end(),
    );
    return response;
  });
  const connections = new HeaviestOut<Socket>({ ...CONNECTIONS, evict: (socket) => socket.destroy() });
  server.on('connection', (socket) => {
    const network = networkOf(socket.remoteAddress ?? '');
    connections.add(socket, network);
    socket.once('close', () => connections.delete(socket, network));
  });
  await listen(server, endpoint);
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : endpoint.port;
  return {
    listening: { host: endpoint.host, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, endpoint: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new FleetblockError(
          'FAILED_PRECONDITION',
          `cannot serve metrics on ${formatEndpoint(endpoint)}: ${messageOf(error)}: see --metrics`,
          { cause: error },
        ),
      ),
    );
    server.listen(endpoint.port, endpoint.host, resolve);
  });
}
