// The controller's values as operators see them on the wire.
import { formatPrefix } from '../../common/prefix.ts';
import { selectorToWire } from '../../common/rpc/selector.ts';
import type { ChangeReply as ChangeReplyWire } from '../../proto/gen/fleetblock/v1/ChangeReply.ts';
import type { Claim as ClaimWire } from '../../proto/gen/fleetblock/v1/Claim.ts';
import type { Host as HostWire } from '../../proto/gen/fleetblock/v1/Host.ts';
import type { ChangeReply } from '../changes.ts';
import type { HostState, HostStatus } from '../hub/host-state.ts';
import type { Claim, HostRecord } from '../store/records.ts';

export function claimToWire(claim: Claim): ClaimWire {
  return {
    prefix: formatPrefix(claim.prefix),
    action: claim.action === 'allow' ? 'ACTION_ALLOW' : 'ACTION_BLOCK',
    origin: claim.origin,
    selector: selectorToWire(claim.selector),
    reason: claim.reason,
    actor: claim.actor,
    createdAtMs: String(claim.createdMs),
    expiresAtMs: String(claim.expiresMs),
    monitor: claim.monitor,
  };
}

export function changeReplyToWire(reply: ChangeReply): ChangeReplyWire {
  return {
    revision: String(reply.revision),
    outcomes: reply.outcomes.map(({ prefix, change, stillBlockedBy }) => ({
      prefix: formatPrefix(prefix),
      change,
      stillBlockedBy: stillBlockedBy.map(claimToWire),
    })),
    hosts: {
      targeted: reply.hosts.targeted,
      enforced: reply.hosts.enforced,
      pending: reply.hosts.pending.map(({ name, status }) => ({ name, status })),
      failed: reply.hosts.failed.map(({ name, refusal }) => ({ name, code: refusal.code, text: refusal.text })),
    },
    elapsedMs: reply.elapsedMs,
  };
}

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
  };
}
