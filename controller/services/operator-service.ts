// What operators ask: converts between the wire and the controller, and nothing else.
import { checkedTtl } from '../../common/duration.ts';
import { unpackEntries } from '../../common/packed.ts';
import { formatPrefix } from '../../common/prefix.ts';
import { selectorFromWire } from '../../common/rpc/selector.ts';
import { formatSelector, selectorMatches } from '../../common/selector.ts';
import type { Claim as ClaimWire } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { ListEntriesRequest__Output } from '../../proto/gen/fleetblock/v1/ListEntriesRequest.ts';
import type { OperatorServiceHandlers } from '../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { Changes } from '../changes.ts';
import type { Confirmations } from '../confirmations.ts';
import { claimOfRow } from '../matches.ts';
import type { Claim, ClaimKey, ListRecord } from '../store/records.ts';
import type { ClaimFilter } from '../store/store.ts';
import { byName } from '../targets.ts';
import { createToken } from '../tokens.ts';
import { answers, unary } from './calls.ts';
import { type ConfirmCallDeps, confirmHandlers } from './confirm-calls.ts';
import { dropHandlers } from './drop-calls.ts';
import { type FleetCallDeps, fleetHandlers } from './fleet-calls.ts';
import { type ListCallDeps, listHandlers } from './list-calls.ts';
import { actionFromWire, changeReplyToWire, claimToWire, hostToWire, waitFromWire } from './operator-wire.ts';

export interface OperatorServiceDeps extends FleetCallDeps, ListCallDeps, ConfirmCallDeps {
  readonly changes: Changes;
  /** SHA-256 over the fleet root's SubjectPublicKeyInfo: goes into every enrollment token. */
  readonly rootPin: Uint8Array;
}

export function operatorHandlers(deps: OperatorServiceDeps): OperatorServiceHandlers {
  const { store, registry, hub, changes, clock } = deps;
  return {
    Block: unary(deps, async (request, caller, arrivedMs) =>
      changeReplyToWire(
        await changes.block({
          caller,
          arrivedMs,
          prefixes: request.prefixes,
          target: selectorFromWire(request.target),
          action: actionFromWire(request.action),
          origin: request.origin,
          reason: request.reason,
          ttlMs: checkedTtl(Number(request.ttlMs)),
          monitor: request.monitor,
          dryRun: request.dryRun,
          waitMs: waitFromWire(request.wait),
          force: request.force,
          confirmMs: checkedTtl(Number(request.confirmMs)),
        }),
      ),
    ),
    Unblock: unary(deps, async (request, caller, arrivedMs) =>
      changeReplyToWire(
        await changes.unblock({
          caller,
          arrivedMs,
          prefixes: request.prefixes,
          target: request.target?.target ? selectorFromWire(request.target) : undefined,
          action: actionFromWire(request.action),
          origin: request.origin,
          reason: request.reason,
          dryRun: request.dryRun,
          waitMs: waitFromWire(request.wait),
        }),
      ),
    ),
    ListEntries: answers(deps, (request) => listEntries(deps, request)),
    ListHosts: unary(deps, async () => ({
      hosts: [...registry.live()]
        .sort(byName)
        .map((host) => hostToWire(host, hub.statusOf(host.id), hub.stateOf(host.id))),
      revision: String(store.head),
    })),
    ...listHandlers(deps),
    ...fleetHandlers(deps),
    ...dropHandlers(deps),
    ...confirmHandlers(deps),
    CreateToken: unary(deps, (request, caller) =>
      createToken(
        { store, clock, rootPin: deps.rootPin },
        {
          ttlMs: checkedTtl(Number(request.ttlMs)),
          maxUses: request.maxUses,
          labels: request.labels,
          hostName: request.hostName,
          keepIdentity: request.keepIdentity,
          onlyLabels: request.onlyLabels,
          actor: caller.actor,
          from: caller.from,
        },
      ),
    ),
  };
}

async function* listEntries(deps: OperatorServiceDeps, request: ListEntriesRequest__Output): AsyncGenerator<ClaimWire> {
  const host = request.host === '' ? undefined : deps.targets.host(request.host);
  const filter: ClaimFilter = {
    expired: request.expired,
    ...(request.origin !== '' && { origin: request.origin }),
    ...(request.action !== 'ACTION_UNSPECIFIED' && { action: actionFromWire(request.action) }),
    ...(host && { host }),
  };
  const waiting = await waitingClaims(deps.confirmations);
  for await (const batch of deps.store.claims(filter))
    for (const claim of batch) yield { ...claimToWire(claim), ...(waiting.size > 0 && waiting.get(claimKey(claim))) };
  for (const list of await deps.store.lists())
    if (wantsList(filter, list)) for await (const claim of listClaims(deps, list)) yield claimToWire(claim);
}

/** By claim: what is to be confirmed about it, and until when. */
async function waitingClaims(confirmations: Confirmations) {
  const waiting = new Map<string, Pick<ClaimWire, 'confirmId' | 'confirmByMs'>>();
  for (const { id, deadlineMs, claims } of (await confirmations.waiting()).confirmations)
    for (const key of claims) waiting.set(claimKey(key), { confirmId: id, confirmByMs: deadlineMs });
  return waiting;
}

function claimKey({ prefix, action, origin, selector }: ClaimKey): string {
  return `${formatPrefix(prefix)} ${action} ${origin} ${formatSelector(selector)}`;
}

function wantsList(filter: ClaimFilter, list: ListRecord): boolean {
  return (
    (filter.origin === undefined || filter.origin === `list:${list.name}`) &&
    (filter.action === undefined || filter.action === list.action) &&
    (filter.host === undefined || selectorMatches(list.selector, filter.host))
  );
}

async function* listClaims(deps: OperatorServiceDeps, list: ListRecord): AsyncGenerator<Claim> {
  for await (const rows of deps.store.listRows(list.name))
    for (const { prefix, ttlMs } of unpackEntries(rows)) yield claimOfRow(list, prefix, ttlMs);
}
