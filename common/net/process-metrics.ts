// What Node.js tells of the process itself.
import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Gauges that are named as counters are. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** Processor, memory, event loop and garbage collection, as `PREFIXprocess_...` and `PREFIXnodejs_...`. */
export function collectProcessMetrics(registry: Registry, prefix: string): void {
  collectDefaultMetrics({ register: registry, prefix });
  for (const name of MISNAMED) registry.removeSingleMetric(prefix + name);
}
