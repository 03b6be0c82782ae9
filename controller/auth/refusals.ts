// Refused calls go to the log and the audit, but a peer that is refused a thousand times a second cannot fill either.
import type { Clock } from '../../common/clock.ts';
import { messageOf } from '../../common/errors.ts';
import type { Logger } from '../../common/logger.ts';
import type { Store } from '../store/store.ts';
import type { Refusal } from './authorizer.ts';

/** One record of the same actor and method in this time; what came between is counted in the next one. */
const QUIET_MS = 10_000;
const REMEMBERED = 1024;

interface Recent {
  untilMs: number;
  more: number;
}

export class RefusalRecorder {
  readonly #store: Pick<Store, 'recordAudit'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #recent = new Map<string, Recent>();

  constructor(store: Pick<Store, 'recordAudit'>, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** A call that was understood and refused, by the guard or for what is asked of a role: each is kept, as each change is. */
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
    this.#store.recordAudit({ actor, verb: 'refused', subject, reason, from }).catch((failure: unknown) => {
      this.#log.error({ err: messageOf(failure) }, 'a refusal could not be written to the audit');
    });
  }
}
