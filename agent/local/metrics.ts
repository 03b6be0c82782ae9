// What an agent tells Prometheus: what `fleetblock-agent status` says, read at every scrape. No address is ever in a label.
import { Counter, Gauge, Registry } from 'prom-client';
import { collectProcessMetrics } from '../../common/net/process-metrics.ts';
import type { StatusReport } from './status-schema.ts';

/** `build`: the agent's version and the kernel's release. `certificateEndsMs`: of the host, Unix milliseconds; NaN: not known. */
export interface AgentMetricsSource {
  readonly report: () => StatusReport;
  readonly certificateEndsMs: () => number;
  readonly build: { readonly version: string; readonly kernel: string };
}

type Counters = NonNullable<StatusReport['counters']>;
/** Labels and values of one metric. */
type Rows<L extends string> = readonly (readonly [Readonly<Record<L, string>>, number])[];

/** All of them: docs/metrics.md. */
export function agentMetrics({ report, certificateEndsMs, build }: AgentMetricsSource): Registry {
  const registry = new Registry();
  collectProcessMetrics(registry, 'fleetblock_agent_');
  // One report for the whole scrape, which begins with this one: its figures belong together.
  let now: StatusReport;
  new Gauge({
    name: 'fleetblock_agent_connected',
    help: '1 while the agent is connected to its controller. The host enforces without, too.',
    registers: [registry],
    collect() {
      now = report();
      this.set(now.link === 'connected' ? 1 : 0);
    },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `fleetblock_agent_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const gauges = <L extends string>(name: string, help: string, labelNames: L[], rows: () => Rows<L>) =>
    new Gauge({
      name: `fleetblock_agent_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of rows()) this.set(labels, value);
      },
    });
  // What the kernel counts goes on over restarts of the agent: it is told as it stands.
  const counter = <L extends string>(name: string, help: string, labelNames: L[], rows: () => Rows<L>) =>
    new Counter({
      name: `fleetblock_agent_${name}_total`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of rows()) this.inc(labels, value);
      },
    });

  gauges('build_info', 'Always 1.', ['version', 'kernel'], () => [[build, 1]]);
  gauge('revision', 'Revision of the list that the host holds.', () => now.revision);
  gauge('entries', 'Entries of the list that the host holds.', () => now.entries);
  gauge('capacity', 'Addresses of each family that the maps have room for.', () => now.capacity ?? 0);
  gauge('kernel_memory_bytes', 'Memory of the maps in the kernel.', () => now.kernelMemoryBytes ?? 0);
  gauge('pinned', '1 while all maps and links are pinned, so that enforcement outlives the agent.', () =>
    now.pinned ? 1 : 0,
  );
  gauges(
    'interface',
    '1 for each interface, by the mode of its program; mode none drops nothing.',
    ['interface', 'mode'],
    () => now.interfaces.map(({ name, mode }) => [{ interface: name, mode }, 1]),
  );
  gauge(
    'problems',
    'What is wrong on this host, as `fleetblock-agent status` says in words.',
    () => now.problems.length,
  );
  gauge('protected_addresses', 'Addresses that this host never drops.', () => now.protected.length);
  gauge(
    'protected_blocked',
    'Those of them that the list blocks.',
    () => now.protected.filter(({ blocked }) => blocked).length,
  );
  gauge(
    'certificate_expiry_timestamp_seconds',
    "When the host's certificate ends, Unix time.",
    () => certificateEndsMs() / 1000,
  );
  gauge('reports_waiting', 'Reports of detectors that the controller has not answered yet.', () => now.reports.waiting);
  // Every packet is in one of the first two; the others say more about some of them.
  counter('packets', 'Packets by what the program did with them.', ['verdict'], () =>
    verdicts(now, ({ droppedPackets, passedPackets }) => [droppedPackets, passedPackets]),
  );
  counter('bytes', 'Bytes of packets by what the program did with them.', ['verdict'], () =>
    verdicts(now, ({ droppedBytes, passedBytes }) => [droppedBytes, passedBytes]),
  );
  const packets = (name: string, help: string, read: (counters: Counters) => number) =>
    counter(`${name}_packets`, help, [], () => (now.counters ? [[{}, read(now.counters)]] : []));
  packets(
    'allowed',
    'Passed packets that an allow entry kept from being dropped or monitored.',
    (counters) => counters.allowedPackets,
  );
  packets('monitored', 'Passed packets that monitor-only entries matched.', (counters) => counters.monitoredPackets);
  packets(
    'malformed',
    'Passed packets with a header that is cut or impossible.',
    (counters) => counters.malformedPackets,
  );
  packets(
    'overtagged',
    'Dropped packets behind more VLAN tags than are looked through.',
    (counters) => counters.overtaggedPackets,
  );
  counter('drift_repairs', 'How often the kernel did not hold what it should and was repaired.', [], () => [
    [{}, now.driftRepairs],
  ]);
  counter('reports', 'Reports of detectors by what the controller answered.', ['result'], () => [
    [{ result: 'taken' }, now.reports.taken],
    [{ result: 'refused' }, now.reports.refused],
  ]);
  return registry;
}

function verdicts(
  { counters }: StatusReport,
  read: (counters: Counters) => readonly [number, number],
): Rows<'verdict'> {
  if (!counters) return [];
  const [dropped, passed] = read(counters);
  return [
    [{ verdict: 'dropped' }, dropped],
    [{ verdict: 'passed' }, passed],
  ];
}
