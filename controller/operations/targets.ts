// Whom a selector means, and how those hosts stand towards a revision.
import { FleetblockError } from '../../common/errors.ts';
import type { Revision } from '../../common/revision.ts';
import { type Selector, selectorMatches } from '../../common/text/selector.ts';
import type { HostRefusal } from '../fleet/host/host-state.ts';
import type { Hub } from '../fleet/hub/hub.ts';
import type { HostRecord } from '../store/records.ts';
import { byName, type HostRegistry } from '../views/host-registry.ts';
import type { OnWaiting } from './under-way.ts';

/** How the hosts stand when the wait ends. Each targeted host is counted once, under `enforced`, `pending` or `failed`. */
export interface HostOutcomes {
  readonly targeted: number;
  readonly enforced: number;
  readonly pending: readonly { readonly name: string; readonly status: 'offline' | 'lagging' }[];
  readonly failed: readonly { readonly name: string; readonly refusal: HostRefusal }[];
}

/** How long a call waits for its hosts after it has committed; capped at ten minutes. */
export interface Wait {
  /** Milliseconds to wait for proof; undefined: answer once it is committed. */
  readonly waitMs: number | undefined;
  /** Also for hosts that have been offline for some time. Default false. */
  readonly waitAll?: boolean;
  readonly onWaiting?: OnWaiting | undefined;
}

/** By host id. */
export type Refusals = ReadonlyMap<string, HostRefusal>;
const NO_REFUSALS: Refusals = new Map();

const MAX_WAIT_MS = 10 * 60_000;

/** The registry is read at every call: a host that is enrolled or relabelled meanwhile counts as it is then. */
export class Targets {
  readonly #registry: HostRegistry;
  readonly #hub: Hub;

  constructor(registry: HostRegistry, hub: Hub) {
    this.#registry = registry;
    this.#hub = hub;
  }

  /** @throws FleetblockError NOT_FOUND when the selector names a host that is not there. */
  assertKnown(selector: Selector): void {
    if (selector.kind !== 'hosts') return;
    const unknown = selector.names.filter((name) => !this.#registry.findByName(name));
    if (unknown.length > 0)
      throw new FleetblockError(
        'NOT_FOUND',
        `there is no host ${unknown.map((name) => JSON.stringify(name)).join(', ')}: see fleetblock hosts`,
      );
  }

  /** @throws FleetblockError NOT_FOUND */
  host(name: string): HostRecord {
    const host = this.#registry.findByName(name);
    if (!host) throw new FleetblockError('NOT_FOUND', `there is no host ${JSON.stringify(name)}: see fleetblock hosts`);
    return host;
  }

  /** Hosts that any of the selectors targets. */
  hosts(selectors: readonly Selector[]): HostRecord[] {
    return [...this.#registry.live()].filter((host) => selectors.some((selector) => selectorMatches(selector, host)));
  }

  /** What a dry run says of the hosts: whom it would go to, and nothing about proof. */
  untried(selectors: readonly Selector[], refusals: Refusals = NO_REFUSALS): HostOutcomes {
    const hosts = this.hosts(selectors);
    return { targeted: hosts.length, enforced: 0, pending: [], failed: failedOf(hosts, refusals).sort(byName) };
  }

  /**
   * How the targeted hosts stand, after waiting for them: not at all without `waitMs`. Hosts with one of the `refusals` have
   * failed already, whatever they hold.
   * @returns `atMs`: monotonic milliseconds of the last answer or the deadline
   */
  async prove(
    selectors: readonly Selector[],
    revision: Revision,
    { waitMs = 0, waitAll = false, onWaiting }: Wait,
    refusals: Refusals = NO_REFUSALS,
  ) {
    const hosts = this.hosts(selectors);
    const ids = hosts.map((host) => host.id).filter((id) => !refusals.has(id));
    const proof = await this.#hub.prove(ids, revision, Math.min(waitMs, MAX_WAIT_MS), waitAll, (wait) =>
      onWaiting?.(revision, () => ({ enforced: wait.provenCount, targeted: hosts.length })),
    );
    const nameOf = (id: string) => this.#registry.find(id)?.name ?? id;
    const outcomes: HostOutcomes = {
      targeted: hosts.length,
      enforced: proof.enforced.length,
      pending: proof.pending
        .map((id) => ({
          name: nameOf(id),
          status: this.#hub.statusOf(id) === 'offline' ? ('offline' as const) : ('lagging' as const),
        }))
        .sort(byName),
      failed: [
        ...failedOf(hosts, refusals),
        ...proof.failed.map(({ hostId, refusal }) => ({ name: nameOf(hostId), refusal })),
      ].sort(byName),
    };
    return { outcomes, atMs: proof.atMs };
  }
}

function failedOf(hosts: readonly HostRecord[], refusals: Refusals): { name: string; refusal: HostRefusal }[] {
  return hosts.flatMap(({ id, name }) => {
    const refusal = refusals.get(id);
    return refusal ? [{ name, refusal }] : [];
  });
}
