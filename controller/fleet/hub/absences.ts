// Since when hosts are away: one that was lost or enrolled a moment ago is about to come, one that has been away is not waited for.
import type { Clock } from '../../../common/time/clock.ts';

/**
 * Over how long hosts spread their attempts to come back: a thousand hosts over two seconds. One processor makes some 500 handshakes
 * per second.
 */
const RECONNECT_MS_PER_HOST = 2;
const MIN_RECONNECT_MS = 2000;

/** How long a host that is about to come is waited for at least, milliseconds. */
const ABSENCE_MS = 5000;

/** Lets waits give up on a host early. Nothing is stored: after a restart every host counts as just lost. */
export class Absences {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #fleetSize: () => number;
  /** All of them were lost when this controller's predecessor stopped. */
  readonly #startedMs: number;
  readonly #expectedMs = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, fleetSize: () => number) {
    this.#clock = clock;
    this.#fleetSize = fleetSize;
    this.#startedMs = clock.monotonicMs();
  }

  /** Longest wait of a host between two attempts to connect, milliseconds: it grows with the fleet. */
  get reconnectLimitMs(): number {
    return Math.max(MIN_RECONNECT_MS, this.#fleetSize() * RECONNECT_MS_PER_HOST);
  }

  /** Its stream was lost or it was enrolled: it is about to come. */
  expected(hostId: string): void {
    this.#expectedMs.set(hostId, this.#clock.monotonicMs());
  }

  /** Whether a host without a stream is known to be away. */
  isLong(hostId: string): boolean {
    return (
      this.#clock.monotonicMs() - (this.#expectedMs.get(hostId) ?? this.#startedMs) >
      Math.max(ABSENCE_MS, this.reconnectLimitMs)
    );
  }
}
