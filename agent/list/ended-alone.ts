// Entries that ended in the kernel by their own time while this host had no controller to take them away: a block that
// waits for a confirmation is undone this way. It is logged when it happens and reported with the next hello.
import type { Logger } from '../../common/logger.ts';
import { formatPrefix } from '../../common/text/prefix.ts';
import type { EndedAlone as EndedAloneWire } from '../../proto/gen/fleetblock/v1/EndedAlone.ts';
import type { AgentClock } from '../host/boot-clock.ts';
import type { EndedRows } from './effective-table.ts';

/** `ended` is the reconciler's. */
export interface EndedAloneDeps {
  /** Rows of the list whose time is over; some of them named. */
  readonly ended: (named: number) => Promise<EndedRows>;
  readonly clock: AgentClock;
  readonly log: Logger;
}

const NAMED = 20;

/** Looked at only while there is no session: a controller that is reached removes ended rows itself. */
export class EndedAlone {
  readonly #deps: EndedAloneDeps;
  #logged = 0;

  constructor(deps: EndedAloneDeps) {
    this.#deps = deps;
  }

  /** Call it now and then while there is no controller: logs when more have ended. */
  async look(): Promise<void> {
    const { count, prefixes } = await this.#deps.ended(NAMED);
    if (count > this.#logged)
      this.#deps.log.warn(
        { entries: count, prefixes: prefixes.map(formatPrefix) },
        'entries have ended by their own time while the controller was away',
      );
    this.#logged = count;
  }

  /** For the hello; null when there are none. */
  async told(): Promise<EndedAloneWire | null> {
    const { count, lastMs, prefixes } = await this.#deps.ended(NAMED);
    if (count === 0) return null;
    const lastAgoMs = Math.max(0, this.#deps.clock.bootMs() - lastMs);
    return { entries: `${count}`, lastAgoMs: `${Math.round(lastAgoMs)}`, prefixes: prefixes.map(formatPrefix) };
  }
}
