// Requests of webhooks, for Prometheus. What became of the addresses in them is in fleetblock_reports_total.
import { Counter } from 'prom-client';

const RESULTS = ['taken', 'replayed', 'denied', 'invalid', 'limited', 'failed'] as const;
export type HookResult = (typeof RESULTS)[number];

/** See the help text. */
export class HookMeter {
  readonly #requests = new Counter({
    name: 'fleetblock_hook_requests_total',
    help: 'Requests to webhooks, by what became of them: taken; replayed, they came before; denied, without a good signature; invalid, with nothing in them that can be reported; limited, too many; failed, the controller could not store it.',
    labelNames: ['result'],
    registers: [],
  });

  constructor() {
    for (const result of RESULTS) this.#requests.inc({ result }, 0);
  }

  count(result: HookResult): void {
    this.#requests.inc({ result });
  }

  /** For a registry. */
  get metrics() {
    return [this.#requests] as const;
  }
}
