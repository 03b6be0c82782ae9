// Prometheus metrics and health, over plain HTTP: bind it to the loopback address or to a network that is only yours.
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { type Endpoint, formatEndpoint } from '../../common/text/endpoint.ts';
import { networkOf } from '../identity/auth/network.ts';
import { HeaviestOut } from './front/heaviest-out.ts';

/** Read at every scrape. */
export interface MetricsSource {
  /** Connections by kind, now. */
  readonly connections: () => Readonly<Record<string, number>>;
  /** Hosts by status, now. */
  readonly hosts: () => Readonly<Record<string, number>>;
  /** The store's revision. */
  readonly revision: () => bigint;
  /** What others measure, as it is. */
  readonly metrics: readonly Metric[];
}

/** `listening` has the real port when port 0 was asked for. `close` cuts open connections. */
export interface MetricsServer {
  readonly listening: Endpoint;
  close(): Promise<void>;
}

/** Milliseconds until a request must be complete, and between checks of those that are not. */
const PATIENCE = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 };
/** One more pushes out the oldest of the network that has the most, so that no network keeps another from asking. */
const CONNECTIONS = { limit: 64, perNetwork: 16 };

/** @throws FleetblockError FAILED_PRECONDITION when it cannot listen there */
export async function serveMetrics(endpoint: Endpoint, source: MetricsSource): Promise<MetricsServer> {
  const registry = metricsOf(source);
  // One answer for all requests while it is made: it reads every host.
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
    // Alive and ready are one: a controller listens only once its store is open and checked.
    if (path === '/healthz' || path === '/readyz') return response.end('ok\n');
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

function metricsOf(source: MetricsSource): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'fleetblock_controller_' });
  const byLabel = (name: string, help: string, label: string, read: () => Readonly<Record<string, number>>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
      },
    });
  byLabel('fleetblock_connections', 'Open connections to the controller.', 'kind', source.connections);
  byLabel('fleetblock_hosts', 'Hosts of the fleet by status.', 'status', source.hosts);
  new Gauge({
    name: 'fleetblock_revision',
    help: "The store's revision.",
    registers: [registry],
    collect() {
      this.set(Number(source.revision()));
    },
  });
  for (const metric of source.metrics) registry.registerMetric(metric);
  return registry;
}
