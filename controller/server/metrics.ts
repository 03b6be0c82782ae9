// What the controller tells Prometheus.
import { Gauge, type Metric, Registry } from 'prom-client';
import { collectProcessMetrics } from '../../common/net/process-metrics.ts';
import { VERSION } from '../../common/version.ts';

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

/** All of them: docs/metrics.md. */
export function controllerMetrics(source: MetricsSource): Registry {
  const registry = new Registry();
  collectProcessMetrics(registry, 'fleetblock_controller_');
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
  byLabel('fleetblock_controller_build_info', 'Always 1.', 'version', () => ({ [VERSION]: 1 }));
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
