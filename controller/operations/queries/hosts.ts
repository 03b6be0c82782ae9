// Which hosts there are and how they stand: filtered here, so that a fleet of 100,000 hosts can be asked for any part of it.
import { FleetblockError } from '../../../common/errors.ts';
import { type Selector, selectorMatches } from '../../../common/text/selector.ts';
import { Pacer } from '../../../common/time/pacer.ts';
import { HOST_STATUSES } from '../../fleet/host/host-state.ts';
import type { Hub } from '../../fleet/hub/hub.ts';
import type { HostRecord } from '../../store/records.ts';
import type { HostRegistry } from '../../views/host-registry.ts';
import type { Targets } from '../targets.ts';

/** `limit` bounds the hosts that are returned, not those that are counted. */
export interface HostQuery {
  readonly selector: Selector;
  /** None: any. */
  readonly statuses: readonly string[];
  /** 0: no limit. */
  readonly limit: number;
}

/** `registry` tells which hosts there are, `hub` how each stands now. */
export interface HostDeps {
  readonly registry: HostRegistry;
  readonly hub: Hub;
  readonly targets: Targets;
}

/** Hosts that are checked between two readings of the clock. */
const HOSTS_BETWEEN_LOOKS = 100;

/**
 * @returns by name; `counts`: of all that the selector has, by status
 * @throws FleetblockError INVALID_ARGUMENT (status), NOT_FOUND (host)
 */
export async function findHosts({ registry, hub, targets }: HostDeps, { selector, statuses, limit }: HostQuery) {
  targets.assertKnown(selector);
  const unknown = statuses.find((status) => !HOST_STATUSES.some((known) => known === status));
  if (unknown !== undefined)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(unknown.slice(0, 40))} is no state of a host: write one of ${HOST_STATUSES.join(', ')}`,
    );
  const pacer = new Pacer();
  const counts: Record<string, number> = {};
  const hosts: HostRecord[] = [];
  let looked = 0;
  for (const host of registry.sorted()) {
    if (++looked % HOSTS_BETWEEN_LOOKS === 0) await pacer.pause();
    if (!selectorMatches(selector, host)) continue;
    const status = hub.statusOf(host.id);
    counts[status] = (counts[status] ?? 0) + 1;
    if ((statuses.length === 0 || statuses.includes(status)) && (limit === 0 || hosts.length < limit)) hosts.push(host);
  }
  return { hosts, counts };
}
