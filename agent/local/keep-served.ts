// Keeps the agent's metrics served where they are wanted. Nothing waits for them: at boot the address may come later than the agent.
import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import { type Endpoint, formatEndpoint } from '../../common/text/endpoint.ts';
import { sleep } from '../../common/timers.ts';
import type { AgentMetricsSource } from './metrics.ts';
import { illsOf } from './status-report.ts';

/** Between two tries to listen, milliseconds. */
const AGAIN_MS = 5000;

/** Until the signal aborts. Why they are not served is logged, once a reason; the host is none the worse for it. */
export async function keepServed(
  endpoint: Endpoint,
  source: AgentMetricsSource,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  // Loaded only where they are wanted: the library takes memory.
  const { serveMetrics } = await import('../../common/net/serve-metrics.ts');
  const { agentMetrics } = await import('./metrics.ts');
  const registry = agentMetrics(source);
  let reason = '';
  while (!signal.aborted)
    try {
      const server = await serveMetrics(endpoint, registry, () => illsOf(source.report()).length === 0);
      reason = '';
      log.info({ metrics: formatEndpoint(server.listening) }, 'metrics are served');
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await server.close();
    } catch (error) {
      if (messageOf(error) !== reason) log.warn(messageOf(error));
      reason = messageOf(error);
      await sleep(AGAIN_MS, signal);
    }
}
