// Looking at the fleet and steering hosts: check, labels, resync, events, audit.

import { AUDIT_VERBS, isAuditVerb } from '../../../../common/audit-verbs.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import { selectorFromWire } from '../../../../common/rpc/selector.ts';
import { formatPrefix, parsePrefix } from '../../../../common/text/prefix.ts';
import { formatSelector, isValidName, type Selector } from '../../../../common/text/selector.ts';
import type { AuditEntry } from '../../../../proto/gen/fleetblock/v1/AuditEntry.ts';
import type { Event } from '../../../../proto/gen/fleetblock/v1/Event.ts';
import type { HostCheck as HostCheckWire } from '../../../../proto/gen/fleetblock/v1/HostCheck.ts';
import type { LabelHostRequest__Output } from '../../../../proto/gen/fleetblock/v1/LabelHostRequest.ts';
import type { ListAuditRequest__Output } from '../../../../proto/gen/fleetblock/v1/ListAuditRequest.ts';
import type { OperatorServiceHandlers } from '../../../../proto/gen/fleetblock/v1/OperatorService.ts';
import type { WatchEventsRequest__Output } from '../../../../proto/gen/fleetblock/v1/WatchEventsRequest.ts';
import { attribution } from '../../../claims/attribution.ts';
import type { EventLog, FleetEvent } from '../../../fleet/events.ts';
import type { Hub } from '../../../fleet/hub/hub.ts';
import type { HostRegistry } from '../../../fleet/registry.ts';
import { MAX_LABELS } from '../../../identity/tokens.ts';
import { check, type HostCheck } from '../../../operations/check.ts';
import type { Matches } from '../../../operations/matches.ts';
import { type ReadLimits, ReadTurns } from '../../../operations/read-turns.ts';
import type { Results } from '../../../operations/results.ts';
import type { Targets } from '../../../operations/targets.ts';
import type { AuditFilter } from '../../../store/port/audit.ts';
import type { AuditRecord } from '../../../store/records.ts';
import type { Store } from '../../../store/store.ts';
import { answers, type CallDeps, longAnswers, unary } from '../calls.ts';
import { inMessages } from '../message-size.ts';
import { claimToWire, hostOutcomesToWire, hostToWire, waitFromWire } from './operator-wire.ts';

/** Records of the audit that are read from its end. */
const MAX_LAST = 10_000;

/** A check asks every host that it is about, and may wait for one that says nothing; turns of its own keep it from holding up reads. */
const CHECKS: ReadLimits = { perCaller: 4, inAll: 64, open: 256 };
/** Longest wait for hosts' answers, milliseconds. */
const MAX_CHECK_MS = 30_000;

export interface FleetCallDeps extends CallDeps {
  readonly store: Store;
  readonly registry: HostRegistry;
  readonly hub: Hub;
  readonly targets: Targets;
  readonly matches: Matches;
  readonly events: EventLog;
  readonly results: Results;
  readonly readTurns: ReadTurns;
}

type FleetMethods = Pick<
  OperatorServiceHandlers,
  'CheckPrefix' | 'LabelHost' | 'CheckWait' | 'ResyncHosts' | 'WatchEvents' | 'ListAudit'
>;

export function fleetHandlers(deps: FleetCallDeps): FleetMethods {
  const { store, hub, targets, matches, clock } = deps;
  const checkTurns = new ReadTurns(CHECKS);
  return {
    CheckPrefix: answers(deps, async function* (request, signal, caller) {
      const checking = { matches, targets, hub, wallMs: () => clock.wallMs() };
      const timeoutMs = Math.min(request.timeoutMs, MAX_CHECK_MS);
      const one = async function* () {
        yield [await check(checking, request.address, request.host, timeoutMs)];
      };
      for await (const { prefix, claims, hosts } of checkTurns.inTurn(caller.id, signal, one)) {
        yield { prefix: formatPrefix(prefix) };
        for (const batch of inMessages(claims.map(claimToWire))) yield { claims: batch };
        for (const batch of inMessages(hosts.map(hostCheckToWire))) yield { hosts: batch };
        // Without another turn to learn that this was all.
        return;
      }
    }),
    LabelHost: unary(deps, async (request, { caller, onWaiting }) => {
      const changes = labelChanges(request);
      hub.quarantine.assertOpen();
      const by = attribution(caller, request.reason);
      const { host, revision } = await store.labelHost(request.name, changes, by);
      const only: Selector = { kind: 'hosts', names: [host.name] };
      if (request.wait) await targets.prove([only], revision, waitFromWire(request.wait, onWaiting));
      return { host: hostToWire(host, hub.statusOf(host.id), hub.stateOf(host.id)), revision: String(revision) };
    }),
    ResyncHosts: unary(deps, async (request, { caller, arrivedMs, onWaiting }) => {
      const target = selectorFromWire(request.target);
      targets.assertKnown(target);
      hub.quarantine.assertOpen();
      const subject = formatSelector(target);
      await store.recordAudit({ ...attribution(caller, request.reason), verb: 'host.resync', subject });
      for (const host of targets.hosts([target])) hub.resync(host.id);
      const { outcomes, atMs } = await targets.prove([target], store.head, waitFromWire(request.wait, onWaiting));
      deps.results.record(caller, `host.resync ${subject}`, store.head, outcomes);
      return { revision: String(store.head), hosts: hostOutcomesToWire(outcomes), elapsedMs: atMs - arrivedMs };
    }),
    CheckWait: unary(deps, async ({ id }) => {
      const progress = deps.underWay.progress(id);
      if (!progress) throw new FleetblockError('NOT_FOUND', 'that call has its answer');
      return progress;
    }),
    WatchEvents: answers(deps, (request, signal) => watchEvents(deps, request, signal)),
    ListAudit: longAnswers(deps, (request) => listAudit(store, request)),
  };
}

function labelChanges(request: LabelHostRequest__Output): Record<string, string | undefined> {
  const bad = [...Object.entries(request.set).flat(), ...request.remove].find((word) => !isValidName(word));
  if (bad !== undefined)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(bad.slice(0, 80))} is not a label: write key=value`,
    );
  const removed = request.remove.map((key) => [key, undefined] as const);
  const changes = Object.fromEntries<string | undefined>([...removed, ...Object.entries(request.set)]);
  if (Object.keys(changes).length === 0)
    throw new FleetblockError('INVALID_ARGUMENT', 'no label to set or to remove: write key=value or key-');
  if (Object.keys(changes).length > MAX_LABELS)
    throw new FleetblockError('INVALID_ARGUMENT', `more than ${MAX_LABELS} labels at once`);
  return changes;
}

async function* watchEvents(
  deps: FleetCallDeps,
  request: WatchEventsRequest__Output,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  const host = request.host === '' ? undefined : deps.targets.host(request.host);
  const wanted = (event: FleetEvent) => host === undefined || event.hostId === host.id;
  const { last, follow } = request;
  for await (const event of deps.events.watch({ after: Number(request.afterSequence), last, follow, wanted }, signal))
    yield eventToWire(event, deps.registry.find(event.hostId)?.name ?? event.hostId);
}

async function* listAudit(store: Store, request: ListAuditRequest__Output): AsyncGenerator<AuditEntry[]> {
  if (request.last > MAX_LAST)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `the last ${request.last} records are too many at once: at most ${MAX_LAST}, or all since a time`,
    );
  if (request.verb !== '' && !isAuditVerb(request.verb))
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(request.verb.slice(0, 40))} is no verb of the audit: write one of ${AUDIT_VERBS.join(', ')}`,
    );
  const since = Number(request.sinceMs);
  const until = Number(request.untilMs);
  const filter: AuditFilter = {
    ...(request.actor !== '' && { actor: request.actor }),
    ...(request.verb !== '' && { verb: request.verb }),
    ...(request.subject !== '' && { subject: request.subject }),
    ...(request.prefix !== '' && { prefix: formatPrefix(parsePrefix(request.prefix)) }),
    ...(request.host !== '' && { host: request.host }),
    ...(since > 0 && { sinceMs: since }),
    ...(until > 0 && { untilMs: until }),
    ...(request.last > 0 && { last: request.last }),
  };
  for await (const batch of store.audit(filter)) yield batch.map(auditToWire);
}

function auditToWire(record: AuditRecord): AuditEntry {
  const { from, revision, ...fields } = record;
  return { ...fields, revision: String(revision), source: from };
}

function eventToWire(event: FleetEvent, host: string): Event {
  const { sequence, atMs, kind, text, revision } = event;
  return { sequence, atMs, kind, host, text, revision: String(revision) };
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
