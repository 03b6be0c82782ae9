// How many addresses a reporter may have judged now: each has a bucket per policy, of as many addresses as it may report in a minute.
import type { Clock } from '../../common/time/clock.ts';
import { RateLimit } from '../identity/auth/rate-limit.ts';
import type { DetectorPolicy } from './policy.ts';

/** `whole`: a part of what is reported is no use to the reporter. */
export interface Asked {
  readonly actor: string;
  readonly rows: number;
  readonly whole: boolean;
}

/** `room`: rows that may be judged now. `retryMs`: until the others may; 0: all may. */
export interface Allowed {
  readonly room: number;
  readonly retryMs: number;
  /** Addresses per minute. */
  readonly rate: number;
}

/** Of sources that no policy is for: enough to learn it. */
const WITHOUT_POLICY = { pattern: '', rate: 6000 } as const;
/** Longest that a reporter is told to wait, milliseconds. */
const MAX_WAIT_MS = 60_000;
const REPORTERS = 100_000;

/** Lives as long as the controller. */
export class Rates {
  readonly #clock: Clock;
  readonly #limits = new Map<string, { readonly rate: number; readonly limit: RateLimit }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is refused costs as well, and so does a message without a row. */
  take(policy: Pick<DetectorPolicy, 'pattern' | 'rate'> = WITHOUT_POLICY, { actor, rows, whole }: Asked): Allowed {
    const { rate } = policy;
    const limit = this.#limitOf(policy);
    const cost = Math.max(1, rows);
    const room = whole ? (limit.take(actor, cost) ? cost : 0) : limit.takeUpTo(actor, cost);
    if (room >= cost) return { room, retryMs: 0, rate };
    const waitMs = limit.waitMs(actor, whole ? 1 : Math.min(cost - room, rate));
    return { room, retryMs: Math.min(MAX_WAIT_MS, Math.max(1, waitMs)), rate };
  }

  #limitOf({ pattern, rate }: Pick<DetectorPolicy, 'pattern' | 'rate'>): RateLimit {
    const known = this.#limits.get(pattern);
    if (known?.rate === rate) return known.limit;
    const limit = new RateLimit({ clock: this.#clock, burst: rate, perSecond: rate / 60, addresses: REPORTERS });
    this.#limits.set(pattern, { rate, limit });
    return limit;
  }
}
