// Confirmed changes: what is undone, on every host by itself, unless an operator who can still reach the controller says that it
// stays. What waits is an ordinary claim with an end, so that no host needs the controller to undo it.

import { formatPrefix } from '../../common/text/prefix.ts';
import type { Clock } from '../../common/time/clock.ts';
import { attribution } from '../claims/attribution.ts';
import type { Confirmation, Undone } from '../claims/confirmation.ts';
import type { EventLog } from '../fleet/events.ts';
import type { Caller } from '../identity/auth/caller.ts';
import type { Store } from '../store/store.ts';
import type { ChangeReply } from './block.ts';
import type { Results } from './results.ts';
import type { Targets, Wait } from './targets.ts';

/** How long the audit's record of an undoing waits for hosts. They end it by themselves. */
const UNDO_PROOF_MS = 10_000;

/** Any operator may confirm; a forced change needs an admin. */
export interface ConfirmRequest extends Wait {
  readonly caller: Caller;
  /** Monotonic milliseconds at which the request came in. */
  readonly arrivedMs: number;
  readonly id: string;
  readonly reason: string;
}

/** `assertOpen` refuses to confirm in quarantine; hosts undo what is not confirmed anyway. */
export interface ConfirmationsDeps {
  readonly store: Pick<Store, 'confirm' | 'confirmations'>;
  readonly targets: Targets;
  readonly results: Results;
  readonly events: EventLog;
  readonly clock: Clock;
  /** @throws FleetblockError FAILED_PRECONDITION: no change now */
  readonly assertOpen: () => void;
}

/** Undoing itself is an expiry: `startExpiry` removes the claims and calls `undone`. */
export class Confirmations {
  readonly #deps: ConfirmationsDeps;

  constructor(deps: ConfirmationsDeps) {
    this.#deps = deps;
  }

  /** @throws FleetblockError as Store.confirm does */
  async confirm({ caller, arrivedMs, id, reason, ...wait }: ConfirmRequest): Promise<ChangeReply> {
    const { store, targets, results, assertOpen } = this.#deps;
    assertOpen();
    const by = attribution(caller, reason);
    const result = await store.confirm(id, { ...by, mayForce: caller.role === 'admin', origin: caller.origin });
    const { outcomes, atMs } = await targets.prove(result.targets, result.revision, wait);
    results.record(by, `confirm ${id}`, result.revision, outcomes);
    return {
      revision: result.revision,
      outcomes: result.prefixes.map((prefix, i) => ({
        prefix,
        change: result.outcomes[i] ?? 'UNCHANGED',
        stillBlockedBy: [],
      })),
      hosts: outcomes,
      elapsedMs: atMs - arrivedMs,
      warnings: [],
    };
  }

  /** What waits, the first to be undone first. */
  async waiting(): Promise<{ readonly nowMs: number; readonly confirmations: readonly Confirmation[] }> {
    return { nowMs: this.#deps.clock.wallMs(), confirmations: await this.#deps.store.confirmations() };
  }

  /** Called with what was undone: it becomes an event, and the audit gets the state of the hosts. */
  async undone({ id, actor, claims, revision }: Undone): Promise<void> {
    const { targets, results, events } = this.#deps;
    const [first] = claims;
    const what = first ? formatPrefix(first.prefix) : '';
    const more = claims.length > 1 ? ` and ${claims.length - 1} more` : '';
    events.add('undo', `${id} of ${actor} was undone, as it was not confirmed: ${what}${more}`, { revision });
    const { outcomes } = await targets.prove(
      claims.map(({ selector }) => selector),
      revision,
      { waitMs: UNDO_PROOF_MS },
    );
    results.record({ actor: 'system' }, `undo ${id}`, revision, outcomes);
  }
}
