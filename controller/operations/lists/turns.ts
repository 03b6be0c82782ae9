// Whose import is received and stored now. Its rows are in memory all that time: one per caller, a few in all, and who comes in
// between waits before any of its rows is read.
import { FleetblockError } from '../../../common/errors.ts';
import { Slots } from '../../fleet/hub/slots.ts';

const AT_ONCE = 4;
/** Of one caller, waiting for the one before. */
const WAITING = 8;

/** Turns are given in the order asked, first among the caller's own, then among all. */
export class ImportTurns {
  readonly #all = new Slots(AT_ONCE);
  readonly #callers = new Map<string, { readonly slots: Slots; asked: number }>();

  /** @returns what ends the turn; idempotent. @throws FleetblockError RESOURCE_EXHAUSTED: too many of the caller's wait already */
  async take(actor: string): Promise<() => void> {
    const caller = this.#callers.get(actor) ?? { slots: new Slots(1), asked: 0 };
    if (caller.asked > WAITING)
      throw new FleetblockError(
        'RESOURCE_EXHAUSTED',
        `${WAITING} imports of ${actor} wait for their turn already: import one list after the other`,
      );
    caller.asked++;
    this.#callers.set(actor, caller);
    const own = await granted(caller.slots);
    const common = await granted(this.#all);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      common();
      own();
      if (--caller.asked === 0) this.#callers.delete(actor);
    };
  }
}

function granted(slots: Slots): Promise<() => void> {
  return new Promise((resolve) => {
    slots.acquire(resolve);
  });
}
