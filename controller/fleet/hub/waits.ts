// All callers that wait for proof: starts a wait when the views have reached its revision, and passes a host's progress to all waits.

import type { Revision } from '../../../common/revision.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { HostRefusal } from '../host/host-state.ts';
import type { Reporting } from '../host/session-deps.ts';
import { Proof, type ProofResult, type Standing } from './proof.ts';

/** How waits see the fleet without knowing its sessions. */
export interface WaitsOptions {
  readonly clock: Clock;
  /** The last revision whose changes were sent. */
  readonly revision: () => Revision;
  /** The standing of a host for a revision now. `all`: also waits for hosts that have been away for long. */
  readonly standing: (hostId: string, revision: Revision, all: boolean) => Standing;
  /** Has no stream, and has had none for some time. */
  readonly isAway: (hostId: string) => boolean;
}

/** How often waits check for hosts that have gone, milliseconds. */
const SWEEP_MS = 500;

/** A wait for a revision that is not sent out yet starts when it is, or at its deadline. */
export class Waits {
  readonly #options: WaitsOptions;
  readonly #proofs = new Set<Proof>();
  /** Those of them that wait for connected hosts alone. */
  readonly #impatient = new Set<Proof>();
  #sweep: NodeJS.Timeout | undefined;
  /** Started when their revision is out. */
  readonly #early: { readonly revision: Revision; readonly start: () => void }[] = [];

  constructor(options: WaitsOptions) {
    this.#options = options;
  }

  /**
   * Waits until every host holds all that the store has at `revision`, or refused it, or `timeoutMs` is over. Hosts that have been
   * offline for some time are pending at once; with `all` they may come back in time. `began` is handed the wait, to count by.
   */
  prove(
    hostIds: readonly string[],
    revision: Revision,
    timeoutMs: number,
    all = false,
    began?: (proof: Pick<Proof, 'provenCount'>) => void,
  ): Promise<ProofResult> {
    const { clock } = this.#options;
    const proof = new Proof(
      () => clock.monotonicMs(),
      () => this.#finished(proof),
    );
    this.#proofs.add(proof);
    began?.(proof);
    if (!all) this.#impatient.add(proof);
    this.#sweep ??= setInterval(() => this.#dropAway(), SWEEP_MS);
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const start = () =>
      proof.start(
        hostIds.map((hostId) => ({ hostId, standing: this.#options.standing(hostId, revision, all) })),
        Math.max(0, deadlineMs - clock.monotonicMs()),
      );
    if (this.#options.revision() >= revision) start();
    else if (timeoutMs === 0) {
      start();
      proof.stop();
    } else this.#startLater(revision, start, timeoutMs);
    return proof.result;
  }

  /** A revision is out: what its hosts answer from now on counts. */
  settled(revision: Revision): void {
    const due = this.#early.filter((each) => each.revision <= revision);
    for (const each of due) {
      this.#early.splice(this.#early.indexOf(each), 1);
      each.start();
    }
  }

  /** A host holds what it has acked, or there is a reason why that proves nothing but what it took by itself. */
  progressed(host: Pick<Reporting, 'hostId' | 'acked' | 'refusal' | 'loosely'>): void {
    const { hostId, refusal } = host;
    // A finished wait leaves the set, which is allowed during iteration.
    for (const proof of this.#proofs) {
      if (refusal) proof.refused(hostId, refusal, (revision) => host.loosely(revision));
      else proof.acked(hostId, host.acked);
    }
  }

  /** A host proves nothing, whatever it holds. */
  refused(hostId: string, refusal: HostRefusal): void {
    for (const proof of this.#proofs) proof.refused(hostId, refusal);
  }

  /** Answers all waits with what is known. */
  close(): void {
    for (const each of this.#early.splice(0)) each.start();
    for (const proof of [...this.#proofs]) proof.stop();
  }

  #finished(proof: Proof): void {
    this.#proofs.delete(proof);
    this.#impatient.delete(proof);
    if (this.#proofs.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  /** Hosts that were lost since their waits began, and did not come back. */
  #dropAway(): void {
    for (const proof of this.#impatient)
      for (const hostId of [...proof.waitingFor]) if (this.#options.isAway(hostId)) proof.gone(hostId);
  }

  /** When the views have reached the revision, or at the deadline, whichever is first. */
  #startLater(revision: Revision, start: () => void, timeoutMs: number): void {
    const early = {
      revision,
      start: () => {
        clearTimeout(timer);
        start();
      },
    };
    const timer = setTimeout(() => {
      this.#early.splice(this.#early.indexOf(early), 1);
      start();
    }, timeoutMs);
    this.#early.push(early);
  }
}
