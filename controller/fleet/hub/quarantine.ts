// The controller's own quarantine: when a host proves that the store has lost commits, nothing more is sent or changed, because
// the store as it is now would take blocks away.
import { FleetblockError } from '../../../common/errors.ts';
import type { Logger } from '../../../common/logger.ts';

/** Not stored: a host that still has the proof brings it back after a restart. */
export class Quarantine {
  readonly #log: Logger;
  /** By the host that gave the proof: revoking that host takes it back. */
  readonly #reasons = new Map<string, string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Undefined when there is none. */
  get reason(): string | undefined {
    const [reason] = this.#reasons.values();
    return reason;
  }

  enter(hostId: string, reason: string): void {
    if (!this.#reasons.has(hostId)) this.#log.fatal({ host: hostId }, `quarantine: ${reason}`);
    this.#reasons.set(hostId, reason);
  }

  /** @returns true when that ended it */
  release(hostId: string): boolean {
    return this.#reasons.delete(hostId) && this.#reasons.size === 0;
  }

  /** @throws FleetblockError FAILED_PRECONDITION while it lasts. */
  assertOpen(): void {
    if (this.reason === undefined) return;
    throw new FleetblockError(
      'FAILED_PRECONDITION',
      `the store is in quarantine, nothing is changed: ${this.reason}. Restore a backup with fleetblock-controller restore (or, if that host lies, revoke it)`,
    );
  }
}
