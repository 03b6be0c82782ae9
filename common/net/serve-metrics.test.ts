// Who may ask for metrics, however many hold connections and say nothing.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Gauge, Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { type MetricsServer, serveMetrics } from './serve-metrics.ts';

let server: MetricsServer | undefined;
const open: Socket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await server?.close();
});

it('faults row 121: connections that stay open keep no other from an answer', async () => {
  const registry = new Registry();
  new Gauge({ name: 'fleetblock_hosts', help: 'Hosts.', labelNames: ['status'], registers: [registry] }).set(
    { status: 'synced' },
    3,
  );
  server = await serveMetrics({ host: '127.0.0.1', port: 0 }, registry);
  const { host, port } = server.listening;
  for (let i = 0; i < 100; i++) {
    const socket = connect({ host, port }).on('error', () => {});
    open.push(socket);
    await once(socket, 'connect');
  }
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => (await fetch(`http://${host}:${port}/metrics`)).text()),
  );
  for (const answer of answers) expect(answer).toContain('fleetblock_hosts{status="synced"} 3');
});
