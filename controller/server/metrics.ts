// What the controller tells Prometheus.
import { Counter, Gauge, type Metric, Registry } from 'prom-client';
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
  /** Rollouts that are remembered, by state. */
  readonly rollouts: () => Readonly<Record<string, number>>;
  /** Rollouts that were halted since the start. */
  readonly halts: () => number;
  /** How many sentences `fleetblock status` warns in. */
  readonly warnings: () => number;
  /** Left on the disk of the data directory, bytes. */
  readonly diskFreeBytes: () => number;
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
  byLabel('fleetblock_rollouts', 'Rollouts that are remembered, by state.', 'state', source.rollouts);
  new Counter({
    name: 'fleetblock_rollouts_halted_total',
    help: 'Rollouts that were halted and undone since the controller started.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(source.halts());
    },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('fleetblock_revision', "The store's revision.", () => Number(source.revision()));
  gauge('fleetblock_warnings', 'Warnings of `fleetblock status`.', source.warnings);
  gauge('fleetblock_disk_free_bytes', 'Left on the disk of the data directory.', source.diskFreeBytes);
  for (const metric of source.metrics) registry.registerMetric(metric);
  return registry;
}
