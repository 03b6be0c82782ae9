// Whether this machine knows what time it is. A controller that starts with a clock far from its last sign of life may have been away, or may
// have a wrong clock, and a wrong one would end every block permanently. Until most hosts, or an admin, agree with the clock, nothing ends.

import type { Logger } from '../../common/logger.ts';
import { formatDuration } from '../../common/text/duration.ts';
import type { Clock } from '../../common/time/clock.ts';
import type { EventLog } from './events.ts';

/** `aliveMs`, `hosts` and `trusted` decide at the start whether there is doubt at all. */
export interface FleetTimeOptions {
  /** When a controller was at work on this store last, Unix milliseconds; 0: not known. */
  readonly aliveMs: number;
  readonly clock: Clock;
  /** Hosts of the fleet. */
  readonly hosts: () => number;
  readonly log: Logger;
  readonly events: EventLog;
  /** An admin says that the clock is right. */
  readonly trusted: boolean;
  /** Called when there is no doubt any more. */
  readonly onSure: () => void;
}

/** A controller that was away for less does not ask, milliseconds. */
const UNSUSPICIOUS_MS = 3_600_000;
/** Clocks this close agree, milliseconds. */
const AGREE_MS = 600_000;

const WAITING =
  'nothing ends until more than half of the hosts agree with it, or the controller is started with --trust-clock';
const WRONG = 'most hosts have another time: set it and restart the controller, or start it with --trust-clock';

/** Once `sure`, it stays so until the process ends. Expiry runs only while it is sure. */
export class FleetTime {
  readonly #options: FleetTimeOptions;
  readonly #startedMs: number;
  /** By host: whether its clock agrees. */
  readonly #votes = new Map<string, boolean>();
  #sure: boolean;
  #toldWrong = false;

  constructor(options: FleetTimeOptions) {
    this.#options = options;
    const { aliveMs, clock, trusted, log, hosts } = options;
    this.#startedMs = clock.monotonicMs();
    const awayMs = clock.wallMs() - aliveMs;
    this.#sure = trusted || aliveMs === 0 || hosts() === 0 || Math.abs(awayMs) <= UNSUSPICIOUS_MS;
    if (!this.#sure) log.warn(this.#doubt(WAITING));
  }

  get sure(): boolean {
    return this.#sure;
  }

  /** In words, while there is doubt. */
  get doubt(): string | undefined {
    return this.#sure ? undefined : this.#doubt(this.#toldWrong ? WRONG : WAITING);
  }

  /** Unix milliseconds by which nothing ends too early: while the clock is in doubt, no later than no time lost since the last sign of life. */
  carefulMs(): number {
    const { clock, aliveMs } = this.#options;
    const now = clock.wallMs();
    return this.#sure ? now : Math.min(now, Math.round(aliveMs + clock.monotonicMs() - this.#startedMs));
  }

  /** What a host's own clock says. 0: nothing. */
  heard(hostId: string, wallMs: number): void {
    if (this.#sure || wallMs === 0) return;
    const { clock, hosts, log, events, onSure } = this.#options;
    this.#votes.set(hostId, Math.abs(wallMs - clock.wallMs()) <= AGREE_MS);
    const agreeing = [...this.#votes.values()].filter((agrees) => agrees).length;
    const most = hosts() / 2;
    if (agreeing > most) {
      this.#sure = true;
      log.info({ agreeing }, 'the hosts agree with the clock: what has ended is removed');
      onSure();
    } else if (this.#votes.size - agreeing > most && !this.#toldWrong) {
      this.#toldWrong = true;
      const text = this.#doubt(WRONG);
      log.error(text);
      events.add('clock', text);
    }
  }

  #doubt(then: string): string {
    const { clock, aliveMs } = this.#options;
    const awayMs = clock.wallMs() - aliveMs;
    const far = `${formatDuration(Math.round(Math.abs(awayMs) / 60_000) * 60_000)} ${awayMs > 0 ? 'beyond' : 'before'}`;
    return `this machine's clock is ${far} the controller's last sign of life: ${then}`;
  }
}
