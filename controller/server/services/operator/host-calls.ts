// Listing hosts: filtered here, sent in bounded messages, so that a fleet of 100,000 hosts can be asked for any part of it.
import { FleetblockError } from '../../../../common/errors.ts';
import { selectorFromWire } from '../../../../common/rpc/selector.ts';
import { selectorMatches } from '../../../../common/text/selector.ts';
import { nextTurn } from '../../../../common/time/pacer.ts';
import type { ListHostsReply } from '../../../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest__Output } from '../../../../proto/gen/fleetblock/v1/ListHostsRequest.ts';
import type { OperatorServiceHandlers } from '../../../../proto/gen/fleetblock/v1/OperatorService.ts';
import { HOST_STATUSES } from '../../../fleet/host/host-state.ts';
import type { Hub } from '../../../fleet/hub/hub.ts';
import type { HostRegistry } from '../../../fleet/registry.ts';
import type { Targets } from '../../../operations/targets.ts';
import type { HostRecord } from '../../../store/records.ts';
import type { Store } from '../../../store/store.ts';
import { answers, type CallDeps } from '../calls.ts';
import { inPaces } from '../message-size.ts';
import { hostToWire } from './operator-wire.ts';

export interface HostCallDeps extends CallDeps {
  readonly store: Store;
  readonly registry: HostRegistry;
  readonly hub: Hub;
  readonly targets: Targets;
  /** What is wrong with the controller itself. */
  readonly warnings: () => string[];
}

/** Hosts that are looked at before others get a turn. */
const HOSTS_PER_TURN = 1000;

export function hostHandlers(deps: HostCallDeps): Pick<OperatorServiceHandlers, 'ListHostChunks'> {
  return { ListHostChunks: answers(deps, (request) => listHosts(deps, request)) };
}

async function* listHosts(
  { store, registry, hub, targets, warnings }: HostCallDeps,
  { target, statuses, limit }: ListHostsRequest__Output,
): AsyncGenerator<ListHostsReply> {
  const selector = target ? selectorFromWire(target) : ({ kind: 'all' } as const);
  targets.assertKnown(selector);
  const unknown = statuses.find((status) => !HOST_STATUSES.some((known) => known === status));
  if (unknown !== undefined)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(unknown.slice(0, 40))} is no state of a host: write one of ${HOST_STATUSES.join(', ')}`,
    );
  const counts: Record<string, number> = {};
  const wanted: HostRecord[] = [];
  let looked = 0;
  for (const host of registry.sorted()) {
    if (++looked % HOSTS_PER_TURN === 0) await nextTurn();
    if (!selectorMatches(selector, host)) continue;
    const status = hub.statusOf(host.id);
    counts[status] = (counts[status] ?? 0) + 1;
    if ((statuses.length === 0 || statuses.includes(status)) && (limit === 0 || wanted.length < limit))
      wanted.push(host);
  }
  const toWire = (host: HostRecord) => hostToWire(host, hub.statusOf(host.id), hub.stateOf(host.id));
  let first: ListHostsReply = { revision: String(store.head), counts, warnings: warnings() };
  for await (const hosts of inPaces(wanted, toWire)) {
    yield { ...first, hosts };
    first = {};
  }
  if (wanted.length === 0) yield first;
}
