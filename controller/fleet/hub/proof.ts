// Waiting for proof: which of the targeted hosts hold a revision, which do not yet, which refused it.
import type { Revision } from '../../../common/revision.ts';
import type { HostRefusal } from '../host/host-state.ts';

/** The standing of a host in a wait. */
export type Standing =
  | { readonly kind: 'enforced' }
  /** Its ack of this revision is the proof. */
  | { readonly kind: 'awaited'; readonly revision: Revision }
  /** Not to be waited for: it has been offline for some time. */
  | { readonly kind: 'away' }
  | { readonly kind: 'failed'; readonly refusal: HostRefusal };

/** Of one change by itself; undefined: it was not sent so, or was refused as well. */
export type LooseStanding = 'enforced' | 'awaited' | undefined;

/** Where a host that refused a revision stands on one change, which it may hold by itself. */
export function standingApart(loosely: LooseStanding, revision: Revision, refusal: HostRefusal): Standing {
  if (loosely === 'awaited') return { kind: 'awaited', revision };
  return loosely === 'enforced' ? { kind: 'enforced' } : { kind: 'failed', refusal };
}

/** By host id: each host of the wait is in exactly one of the three. `pending` includes hosts that are away. */
export interface ProofResult {
  readonly enforced: readonly string[];
  readonly pending: readonly string[];
  readonly failed: readonly { readonly hostId: string; readonly refusal: HostRefusal }[];
  /** Monotonic milliseconds of the last answer, or of the deadline. */
  readonly atMs: number;
}

/** One wait for a set of hosts. */
export class Proof {
  readonly result: Promise<ProofResult>;
  readonly #awaited = new Map<string, Revision>();
  readonly #away: string[] = [];
  readonly #enforced: string[] = [];
  readonly #failed: { hostId: string; refusal: HostRefusal }[] = [];
  readonly #nowMs: () => number;
  readonly #finished: (proof: Proof) => void;
  #resolve: (result: ProofResult) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  /** `nowMs` is monotonic. `finished` is called once, when the result is there. */
  constructor(nowMs: () => number, finished: (proof: Proof) => void) {
    this.#nowMs = nowMs;
    this.#finished = finished;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Starts once, with the standing of every host now. */
  start(hosts: Iterable<{ readonly hostId: string; readonly standing: Standing }>, timeoutMs: number): void {
    for (const { hostId, standing } of hosts) {
      if (standing.kind === 'enforced') this.#enforced.push(hostId);
      else if (standing.kind === 'failed') this.#failed.push({ hostId, refusal: standing.refusal });
      else if (standing.kind === 'away') this.#away.push(hostId);
      else this.#awaited.set(hostId, standing.revision);
    }
    if (this.#awaited.size === 0) this.stop();
    else this.#timer = setTimeout(() => this.stop(), timeoutMs);
  }

  /** Hosts that have proven it so far. */
  get provenCount(): number {
    return this.#enforced.length;
  }

  /** Hosts that are still waited for. */
  get waitingFor(): Iterable<string> {
    return this.#awaited.keys();
  }

  acked(hostId: string, revision: Revision): void {
    const awaited = this.#awaited.get(hostId);
    if (awaited === undefined || revision < awaited) return;
    this.#awaited.delete(hostId);
    this.#enforced.push(hostId);
    if (this.#awaited.size === 0) this.stop();
  }

  /** It has been offline too long to be waited for. */
  gone(hostId: string): void {
    if (!this.#awaited.delete(hostId)) return;
    this.#away.push(hostId);
    if (this.#awaited.size === 0) this.stop();
  }

  /** `loosely`: what is known of the awaited revision's change by itself. */
  refused(hostId: string, refusal: HostRefusal, loosely?: (revision: Revision) => LooseStanding): void {
    const awaited = this.#awaited.get(hostId);
    const standing = awaited === undefined ? 'awaited' : loosely?.(awaited);
    if (standing === 'awaited') return;
    this.#awaited.delete(hostId);
    if (standing === 'enforced') this.#enforced.push(hostId);
    else this.#failed.push({ hostId, refusal });
    if (this.#awaited.size === 0) this.stop();
  }

  /** Answers with what is known. Idempotent. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#resolve({
      enforced: this.#enforced,
      pending: [...this.#awaited.keys(), ...this.#away],
      failed: this.#failed,
      atMs: this.#nowMs(),
    });
    this.#finished(this);
  }
}
