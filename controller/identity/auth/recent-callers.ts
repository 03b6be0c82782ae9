// From where people and hosts called in the last days: between two calls nobody is connected, and a detector that bans their address would
// cut them off. In memory: after a restart it begins again.

import { networkOf } from '../../../common/net/network.ts';
import type { Clock } from '../../../common/time/clock.ts';
import type { Caller } from './caller.ts';

const KEPT_MS = 7 * 86_400_000;
/** Networks of one caller, so that no stolen certificate fills the memory; the one longest unseen is forgotten. */
const MOST_OF_ONE = 16;
const MOST = 200_000;

interface Seen {
  readonly actor: string;
  readonly stands: () => boolean;
  readonly atMs: number;
}

/** Of callers with certificates: whoever has found an API key may call from anywhere. */
export class RecentCallers {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();
  readonly #networks = new Map<string, Set<string>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `stands`: whether its certificate is still none that was revoked. */
  saw({ actor, from }: Pick<Caller, 'actor' | 'from'>, stands: () => boolean): void {
    const network = networkOf(from.slice(0, Math.max(0, from.lastIndexOf(':'))));
    if (network === '') return;
    const known = this.#seen.get(network);
    if (known && known.actor !== actor && this.#counts(known)) return;
    this.#forget(network);
    this.#seen.set(network, { actor, stands, atMs: this.#clock.monotonicMs() });
    const own = this.#networks.get(actor) ?? new Set();
    this.#networks.set(actor, own.add(network));
    const [oldest = network] = own.size > MOST_OF_ONE ? own : this.#seen.size > MOST ? this.#seen.keys() : [];
    if (oldest !== network) this.#forget(oldest);
  }

  /** Who, as audit records have it; undefined: nobody. `address`: of IPv6, all of its /64 counts. */
  at(address: string): string | undefined {
    const seen = this.#seen.get(networkOf(address));
    return seen && this.#counts(seen) ? seen.actor : undefined;
  }

  #counts({ atMs, stands }: Seen): boolean {
    return this.#clock.monotonicMs() - atMs < KEPT_MS && stands();
  }

  #forget(network: string): void {
    const known = this.#seen.get(network);
    if (!known) return;
    this.#seen.delete(network);
    const own = this.#networks.get(known.actor);
    own?.delete(network);
    if (own?.size === 0) this.#networks.delete(known.actor);
  }
}
