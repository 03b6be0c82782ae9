// Operators' requests and the controller's values, from and to the wire.
import { packEntries } from '../../../../common/entries/packed.ts';
import { toWire } from '../../../../common/entries/wire.ts';
import { actionFromWire, actionToWire } from '../../../../common/rpc/action.ts';
import { selectorToWire } from '../../../../common/rpc/selector.ts';
import { formatPrefix } from '../../../../common/text/prefix.ts';
import type { BlockRequest__Output } from '../../../../proto/gen/fleetblock/v1/BlockRequest.ts';
import type { ChangeReply as ChangeReplyWire } from '../../../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { Claim as ClaimWire } from '../../../../proto/gen/fleetblock/v1/Claim.ts';
import type { ExportChunk } from '../../../../proto/gen/fleetblock/v1/ExportChunk.ts';
import type { Host as HostWire } from '../../../../proto/gen/fleetblock/v1/Host.ts';
import type { HostOutcomes as HostOutcomesWire } from '../../../../proto/gen/fleetblock/v1/HostOutcomes.ts';
import type { Wait__Output } from '../../../../proto/gen/fleetblock/v1/Wait.ts';
import type { Claim, Statement } from '../../../claims/claim.ts';
import type { HostState, HostStatus } from '../../../fleet/host/host-state.ts';
import type { ChangeReply } from '../../../operations/block.ts';
import type { HostOutcomes, Wait } from '../../../operations/targets.ts';
import type { OnWaiting } from '../../../operations/under-way.ts';
import type { HostRecord } from '../../../store/records.ts';
import { ListRoom } from '../message-size.ts';

/** What a caller says with a claim; its end is relative on the wire. */
export function statementFromWire(request: BlockRequest__Output): Omit<Statement, 'expiresMs'> {
  return { action: actionFromWire(request), reason: request.reason };
}

/** Times are Unix milliseconds as decimal text, `0` for no end. */
export function claimToWire(claim: Claim): ClaimWire {
  return {
    prefix: formatPrefix(claim.prefix),
    ...actionToWire(claim.action),
    origin: claim.origin,
    selector: selectorToWire(claim.selector),
    reason: claim.reason,
    actor: claim.actor,
    createdAtMs: String(claim.createdMs),
    expiresAtMs: String(claim.expiresMs),
  };
}

/** A claim in the form in which rows of lists are exported, with the time that is left. */
export function exportedClaim(claim: Claim, nowMs: number): ExportChunk {
  const { prefix, action, expiresMs, origin, selector } = claim;
  const ttlMs = expiresMs === 0 ? 0 : Math.max(1, expiresMs - nowMs);
  const rows = toWire(packEntries([{ prefix, action, ttlMs }]));
  return { origin, selector: selectorToWire(selector), rows };
}

/** Claims that go on blocking are cut to what fits one message; `stillBlockedByMore` counts the rest of each prefix. */
export function changeReplyToWire(reply: ChangeReply): ChangeReplyWire {
  const room = new ListRoom();
  return {
    revision: String(reply.revision),
    outcomes: reply.outcomes.map(({ prefix, change, stillBlockedBy }) => {
      const named = room.fitting(stillBlockedBy.map(claimToWire));
      const stillBlockedByMore = stillBlockedBy.length - named.length;
      return { prefix: formatPrefix(prefix), change, stillBlockedBy: named, stillBlockedByMore };
    }),
    hosts: hostOutcomesToWire(reply.hosts),
    elapsedMs: reply.elapsedMs,
    warnings: [...reply.warnings],
    ...(reply.confirm && { confirm: reply.confirm }),
  };
}

/** Hosts are named as far as they fit one message; the totals count all of them. */
export function hostOutcomesToWire(hosts: HostOutcomes): HostOutcomesWire {
  return {
    targeted: hosts.targeted,
    enforced: hosts.enforced,
    pending: new ListRoom().fitting(hosts.pending),
    pendingTotal: hosts.pending.length,
    failed: new ListRoom().fitting(hosts.failed.map(({ name, refusal: { code, text } }) => ({ name, code, text }))),
    failedTotal: hosts.failed.length,
  };
}

/** `onWaiting` is told when hosts are waited for at all. */
export function waitFromWire(wait: Wait__Output | null, onWaiting: OnWaiting): Wait {
  return wait ? { waitMs: wait.timeoutMs, waitAll: wait.all, onWaiting } : { waitMs: undefined };
}

/** A refusal goes ahead of the host's own problems, as `CODE: text`. */
export function hostToWire(host: HostRecord, status: HostStatus, state: HostState): HostWire {
  return {
    name: host.name,
    id: host.id,
    status,
    labels: { ...host.labels },
    revision: String(state.acked),
    entries: state.entries,
    interfaces: [...state.interfaces],
    counters: state.counters,
    lastSeenMs: state.lastSeenMs,
    agentVersion: state.agentVersion,
    problems: [...(state.refusal ? [`${state.refusal.code}: ${state.refusal.text}`] : []), ...state.problems],
    topSources: [...state.topSources],
    driftRepairs: state.driftRepairs,
    kernelVersion: state.kernelVersion,
  };
}
