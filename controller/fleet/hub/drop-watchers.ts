// Who watches drops, and how often each host reports them: a few watched hosts at once, a whole fleet at a rate that the
// controller can carry.
import type { DropEvents__Output } from '../../../proto/gen/fleetblock/v1/DropEvents.ts';

/** As it came from the agent, with the host and the time added. */
export interface DropReport {
  readonly hostId: string;
  /** Unix milliseconds of its arrival. */
  readonly atMs: number;
  readonly events: DropEvents__Output;
}

/** How a host should report: at which interval, and how many rows at most. `intervalMs` 0: not at all. */
export interface DropPlan {
  readonly intervalMs: number;
  readonly rows: number;
}

const NOT_AT_ALL: DropPlan = { intervalMs: 0, rows: 0 };
const ONE_HOST: DropPlan = { intervalMs: 200, rows: 200 };
/** Of a fleet: reports a second and rows of a round of reports, over all hosts. */
const REPORTS_PER_SECOND = 200;
const ROWS_PER_ROUND = 1000;
const MIN_ROWS = 5;
const MAX_INTERVAL_MS = 10_000;

interface Watcher {
  /** Undefined: every host. */
  readonly hostId: string | undefined;
  readonly take: (report: DropReport) => void;
}

/** Plans are recomputed from the watchers there are, so the last one to leave silences the hosts. */
export class DropWatchers {
  readonly #watchers = new Set<Watcher>();

  /** @returns a function that removes it */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** `hosts`: how many are connected. */
  planFor(hostId: string, hosts: number): DropPlan {
    let plan = NOT_AT_ALL;
    for (const watcher of this.#watchers) {
      if (watcher.hostId === hostId) return ONE_HOST;
      if (watcher.hostId === undefined) plan = fleetPlan(hosts);
    }
    return plan;
  }

  tell(report: DropReport): void {
    for (const { hostId, take } of this.#watchers) if (hostId === undefined || hostId === report.hostId) take(report);
  }
}

function fleetPlan(hosts: number): DropPlan {
  const intervalMs = Math.round((hosts * 1000) / REPORTS_PER_SECOND);
  return {
    intervalMs: Math.min(MAX_INTERVAL_MS, Math.max(ONE_HOST.intervalMs, intervalMs)),
    rows: Math.min(ONE_HOST.rows, Math.max(MIN_ROWS, Math.floor(ROWS_PER_ROUND / Math.max(1, hosts)))),
  };
}
