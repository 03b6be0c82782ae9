// Refused calls go to the log and the audit, but a peer that is refused a thousand times a second cannot fill either.

import { messageOf } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { Store } from '../../store/store.ts';
import type { Refusal } from './authorizer.ts';
import { RateLimit } from './rate-limit.ts';

/** One record of the same actor and method in this time; what came between is counted in the next one. */
const QUIET_MS = 10_000;
const REMEMBERED = 1024;
/** Records of one actor, whatever is refused to it: the audit is never pruned. */
const RECORDS = { burst: 30, perSecond: 0.1 };
/** When it is written how many more there were, milliseconds. */
const LEFT_OUT_MS = 60_000;

interface Recent {
  untilMs: number;
  more: number;
}

/** `record` folds repeats together; `recordRefused` keeps each one, up to a limit per actor. */
export class RefusalRecorder {
  readonly #store: Pick<Store, 'recordAudit'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #recent = new Map<string, Recent>();
  readonly #records: RateLimit;
  /** By actor: refusals that are in no record, until one says how many. */
  readonly #leftOut = new Map<string, number>();

  constructor(store: Pick<Store, 'recordAudit'>, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#records = new RateLimit({ ...RECORDS, clock });
  }

  /** A call that was understood and refused, by the guard or for a missing role: each is recorded, as each change is. */
  recordRefused({ actor, from, path, what = path, error }: Refusal): void {
    this.#log.warn(
      { actor, from, path, code: error.code },
      error.message.startsWith('refused: ') ? error.message : `refused: ${error.message}`,
    );
    this.#write(actor, from, what, `${error.code}: ${error.message}`);
  }

  record({ actor, from, path, error }: Refusal): void {
    const now = this.#clock.monotonicMs();
    const key = `${actor} ${path}`;
    const recent = this.#recent.get(key);
    if (recent && now < recent.untilMs) {
      recent.more++;
      return;
    }
    this.#recent.delete(key);
    this.#recent.set(key, { untilMs: now + QUIET_MS, more: 0 });
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined && this.#recent.size > REMEMBERED) this.#recent.delete(oldest);

    const more = recent && recent.more > 0 ? ` (and ${recent.more} more before)` : '';
    this.#log.warn({ actor, from, path, code: error.code }, `refused: ${error.message}${more}`);
    this.#write(actor, from, path, `${error.code} from ${from}${more}`);
  }

  #write(actor: string, from: string, subject: string, reason: string): void {
    if (this.#records.take(actor)) {
      this.#append(actor, from, subject, reason);
      return;
    }
    const before = this.#leftOut.get(actor);
    this.#leftOut.set(actor, (before ?? 0) + 1);
    if (before !== undefined) return;
    setTimeout(() => {
      const count = this.#leftOut.get(actor) ?? 0;
      this.#leftOut.delete(actor);
      this.#append(actor, from, 'more', `${count} more refusals within a minute are in no record of their own`);
    }, LEFT_OUT_MS).unref();
  }

  #append(actor: string, from: string, subject: string, reason: string): void {
    this.#store.recordAudit({ actor, verb: 'refused', subject, reason, from }).catch((failure: unknown) => {
      this.#log.error({ err: messageOf(failure) }, 'a refusal could not be written to the audit');
    });
  }
}
