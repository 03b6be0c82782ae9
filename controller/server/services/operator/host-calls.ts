// Hosts: which there are, their labels, and telling them everything again.
import { selectorFromWire } from '../../../../common/rpc/selector.ts';
import type { ListHostsReply } from '../../../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { ListHostsRequest__Output } from '../../../../proto/gen/fleetblock/v1/ListHostsRequest.ts';
import { type HostChangeDeps, labelHost, resyncHosts } from '../../../operations/host-changes.ts';
import { findHosts, type HostDeps } from '../../../operations/queries/hosts.ts';
import type { HostRecord } from '../../../store/records.ts';
import { answers, type CallDeps, unary } from '../calls.ts';
import { inPaces } from '../message-size.ts';
import type { OperatorMethods } from './operator-methods.ts';
import { hostOutcomesToWire, hostToWire, waitFromWire } from './operator-wire.ts';

/** `warnings` go out with every listing of hosts. */
export interface HostCallDeps extends CallDeps, HostDeps, HostChangeDeps {
  /** What is wrong with the controller itself. */
  readonly warnings: () => string[];
}

type HostMethods = Pick<OperatorMethods, 'ListHostChunks' | 'LabelHost' | 'ResyncHosts'>;

/** Labels and resyncs are refused in quarantine; listing is not. */
export function hostMethods(deps: HostCallDeps): HostMethods {
  const { hub } = deps;
  const toWire = (host: HostRecord) => hostToWire(host, hub.statusOf(host.id), hub.stateOf(host.id));
  return {
    ListHostChunks: answers(deps, (request) => hostChunks(deps, request, toWire)),
    LabelHost: unary(deps, async ({ name, set, remove, reason, wait }, { caller, onWaiting }) => {
      const request = { caller, name, set, remove, reason, ...waitFromWire(wait, onWaiting) };
      const { host, revision } = await labelHost(deps, request);
      return { host: toWire(host), revision: String(revision) };
    }),
    ResyncHosts: unary(deps, async ({ target, reason, wait }, { caller, arrivedMs, onWaiting }) => {
      const request = { caller, arrivedMs, target: selectorFromWire(target), reason, ...waitFromWire(wait, onWaiting) };
      const { revision, outcomes, elapsedMs } = await resyncHosts(deps, request);
      return { revision: String(revision), hosts: hostOutcomesToWire(outcomes), elapsedMs };
    }),
  };
}

/** In bounded messages; the first has what is said of all of them. */
async function* hostChunks(
  deps: HostCallDeps,
  { target, statuses, limit }: ListHostsRequest__Output,
  toWire: (host: HostRecord) => ReturnType<typeof hostToWire>,
): AsyncGenerator<ListHostsReply> {
  const selector = target ? selectorFromWire(target) : ({ kind: 'all' } as const);
  const { hosts, counts } = await findHosts(deps, { selector, statuses, limit });
  let first: ListHostsReply = { revision: String(deps.store.head), counts, warnings: deps.warnings() };
  for await (const part of inPaces(hosts, toWire)) {
    yield { ...first, hosts: part };
    first = {};
  }
  if (hosts.length === 0) yield first;
}
