// What the hub measures of its own work, for Prometheus: how long changes take to reach the kernels of the fleet, and drift.
import { Counter, Histogram } from 'prom-client';

/** From a few milliseconds, as on a quiet network, to minutes, as for a host that was away. */
const FLEET_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];
/** One entry takes some tens of microseconds; a million, seconds. */
const KERNEL_SECONDS = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

/** How long acks may be noted only, milliseconds, and how many numbers. */
const FLUSH_MS = 1000;
const MAX_NOTED = 2 ** 16;

/** Acks are gathered for up to a second before they reach the histograms, and at once when Prometheus reads. */
export class Meter {
  /** Seconds of acks that are not in the histograms yet, two per ack: a thousand of them come while a caller waits for the last. */
  #noted: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #changeToKernel = new Histogram({
    name: 'fleetblock_change_to_kernel_seconds',
    help: "From a change's commit to a host's ack that its kernel holds it; one observation per host and change.",
    buckets: FLEET_SECONDS,
    registers: [],
    collect: () => this.#flush(),
  });
  readonly #kernel = new Histogram({
    name: 'fleetblock_kernel_apply_seconds',
    help: 'The part that hosts spent in their kernels, as they report it.',
    buckets: KERNEL_SECONDS,
    registers: [],
    collect: () => this.#flush(),
  });
  readonly #drift = new Counter({
    name: 'fleetblock_drift_repairs_total',
    help: 'How often a host did not hold what it should and was repaired, by who found it: the host in its kernel, or the controller by a digest.',
    labelNames: ['found_by'],
    registers: [],
  });

  constructor() {
    for (const who of ['host', 'controller']) this.#drift.inc({ found_by: who }, 0);
  }

  /** Milliseconds from the commit to the ack, microseconds in the kernel. */
  acked(sinceCommitMs: number, kernelUs: number): void {
    if (this.#noted.push(sinceCommitMs / 1000, kernelUs / 1e6) >= MAX_NOTED) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const noted = this.#noted;
    this.#noted = [];
    for (let i = 0; i < noted.length; i += 2) {
      this.#changeToKernel.observe(noted[i] ?? 0);
      this.#kernel.observe(noted[i + 1] ?? 0);
    }
  }

  drift(foundBy: 'host' | 'controller', times: number): void {
    this.#drift.inc({ found_by: foundBy }, times);
  }

  /** For a registry. */
  get metrics() {
    return [this.#changeToKernel, this.#kernel, this.#drift] as const;
  }
}
