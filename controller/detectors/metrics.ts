// What became of reports, for Prometheus.
import { Counter } from 'prom-client';

/** What becomes of an address. */
export const RESULTS = ['taken', 'refused', 'delayed'] as const;
type Result = (typeof RESULTS)[number];

/** Addresses. */
export type ReportCounts = Readonly<Record<Result, number>>;

/** Addresses by what was decided about them: a reason is in `fleetblock detector list`. */
export class ReportMeter {
  readonly #reports = new Counter({
    name: 'fleetblock_reports_total',
    help: 'Addresses that hosts and webhooks reported, by what became of them: taken; refused, by a policy or for want of one; delayed, to be reported again.',
    labelNames: ['result'],
    registers: [],
  });

  constructor() {
    for (const result of RESULTS) this.#reports.inc({ result }, 0);
  }

  /** Addresses. */
  count(result: Result, addresses: number): void {
    this.#reports.inc({ result }, addresses);
  }

  /** For a registry. */
  get metrics() {
    return [this.#reports] as const;
  }
}
