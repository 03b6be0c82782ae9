// Since when hosts are away: one that was lost a moment ago is about to come back, one that has been away is not waited for.
import type { Clock } from '../../common/clock.ts';

export class Absences {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** How long a host may take to come back after its stream was lost, milliseconds: it grows with the fleet. */
  readonly #graceMs: () => number;
  /** All of them were lost when this controller's predecessor stopped. */
  readonly #startedMs: number;
  readonly #lostMs = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, graceMs: () => number) {
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#startedMs = clock.monotonicMs();
  }

  lost(hostId: string): void {
    this.#lostMs.set(hostId, this.#clock.monotonicMs());
  }

  /** Of a host without a stream: is it known to be away? */
  isLong(hostId: string): boolean {
    return this.#clock.monotonicMs() - (this.#lostMs.get(hostId) ?? this.#startedMs) > this.#graceMs();
  }
}
