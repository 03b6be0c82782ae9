// Looking at the fleet: check, how far a change is, events, drops, the audit.
import { FleetblockError } from '../../../../common/errors.ts';
import { formatPrefix } from '../../../../common/text/prefix.ts';
import type { AuditEntry } from '../../../../proto/gen/fleetblock/v1/AuditEntry.ts';
import type { DropReport as DropReportWire } from '../../../../proto/gen/fleetblock/v1/DropReport.ts';
import type { Event } from '../../../../proto/gen/fleetblock/v1/Event.ts';
import type { HostCheck as HostCheckWire } from '../../../../proto/gen/fleetblock/v1/HostCheck.ts';
import type { ListAuditRequest__Output } from '../../../../proto/gen/fleetblock/v1/ListAuditRequest.ts';
import type { WatchEventsRequest__Output } from '../../../../proto/gen/fleetblock/v1/WatchEventsRequest.ts';
import type { EventLog, FleetEvent } from '../../../fleet/events.ts';
import { readAudit } from '../../../operations/queries/audit.ts';
import { check, type HostCheck } from '../../../operations/queries/check.ts';
import { type WatchedReport, watchDrops } from '../../../operations/queries/drops.ts';
import type { HostDeps } from '../../../operations/queries/hosts.ts';
import type { Matches } from '../../../operations/queries/matches.ts';
import { type ReadLimits, ReadTurns } from '../../../operations/queries/read-turns.ts';
import type { AuditRecord } from '../../../store/records.ts';
import type { Store } from '../../../store/store.ts';
import { answers, type CallDeps, longAnswers, unary } from '../calls.ts';
import { inMessages } from '../message-size.ts';
import type { OperatorMethods } from './operator-methods.ts';
import { claimToWire } from './operator-wire.ts';

/** A check asks every host that it is about, and may wait for one that says nothing; turns of its own keep it from delaying reads. */
const CHECKS: ReadLimits = { perCaller: 4, inAll: 64, open: 256 };

/** `readTurns` is for the audit; checks have turns of their own. */
export interface FleetCallDeps extends CallDeps, HostDeps {
  readonly store: Store;
  readonly matches: Matches;
  readonly events: EventLog;
  readonly readTurns: ReadTurns;
}

type FleetMethods = Pick<OperatorMethods, 'CheckPrefix' | 'CheckWait' | 'WatchEvents' | 'WatchDrops' | 'ListAudit'>;

/** A caller that reads a watch too slowly misses events or drops, and learns how many. */
export function fleetMethods(deps: FleetCallDeps): FleetMethods {
  const { store } = deps;
  const checkTurns = new ReadTurns(CHECKS);
  return {
    CheckPrefix: answers(deps, async function* ({ address, host, timeoutMs }, signal, caller) {
      const found = await checkTurns.once(caller.id, signal, () => check(deps, address, host, timeoutMs));
      if (!found) return;
      yield { prefix: formatPrefix(found.prefix) };
      for (const claims of inMessages(found.claims.map(claimToWire))) yield { claims };
      for (const hosts of inMessages(found.hosts.map(hostCheckToWire))) yield { hosts };
    }),
    CheckWait: unary(deps, async ({ id }) => {
      const progress = deps.underWay.progress(id);
      if (!progress) throw new FleetblockError('NOT_FOUND', 'that call has its answer');
      return progress;
    }),
    WatchEvents: answers(deps, (request, signal) => events(deps, request, signal)),
    WatchDrops: answers(deps, async function* ({ host }, signal) {
      for await (const watched of watchDrops(deps, host, signal)) yield reportToWire(watched);
    }),
    ListAudit: longAnswers(deps, (request) => auditEntries(store, request)),
  };
}

async function* events(
  { targets, registry, events }: FleetCallDeps,
  { host: name, afterSequence, last, follow }: WatchEventsRequest__Output,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  const host = name === '' ? undefined : targets.host(name);
  const wanted = (event: FleetEvent) => host === undefined || event.hostId === host.id;
  for await (const event of events.watch({ after: Number(afterSequence), last, follow, wanted }, signal))
    yield eventToWire(event, registry.find(event.hostId)?.name ?? event.hostId);
}

async function* auditEntries(store: Store, request: ListAuditRequest__Output): AsyncGenerator<AuditEntry[]> {
  const query = { ...request, sinceMs: Number(request.sinceMs), untilMs: Number(request.untilMs) };
  for await (const batch of readAudit(store, query)) yield batch.map(auditToWire);
}

function auditToWire(record: AuditRecord): AuditEntry {
  const { from, revision, ...fields } = record;
  return { ...fields, revision: String(revision), source: from };
}

function eventToWire(event: FleetEvent, host: string): Event {
  const { sequence, atMs, kind, text, revision } = event;
  return { sequence, atMs, kind, host, text, revision: String(revision) };
}

function reportToWire({ host, lost, report: { atMs, events } }: WatchedReport): DropReportWire {
  return {
    host,
    lostReports: String(lost),
    unreportedPackets: events.unreportedPackets,
    drops: events.rows.map(({ source, interface: name, packets, bytes, monitored, lastAgoMs }) => ({
      ...{ source, interface: name, packets, bytes, monitored },
      atMs: String(atMs - Number(lastAgoMs)),
    })),
  };
}

function hostCheckToWire({ host, status, desired, reply }: HostCheck): HostCheckWire {
  const problem = status === 'offline' ? 'offline' : 'no answer in time';
  return {
    name: host.name,
    status,
    desired,
    realized: reply?.verdict ?? '',
    entry: reply?.entry ?? '',
    hits: reply?.hits ?? 0,
    lastHitMs: reply?.lastHitMs ?? 0,
    problem: reply ? reply.problem : problem,
  };
}
