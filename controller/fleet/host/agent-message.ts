// The edge at which agents' messages become values: texts are cut, numbers brought within what callers count with, and what says more
// than an agent has to say is refused with the stream. Nothing behind this asks how much a host has said.
import { ACTION_NAMES, ACTIONS } from '../../../common/action.ts';
import { AGENT_LIMITS, clipped, PROTECTED_BY_SETTING, WIDEST_PROTECTED } from '../../../common/agent-limits.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { MAX_TTL_MS } from '../../../common/text/duration.ts';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { AgentMessage__Output } from '../../../proto/gen/fleetblock/v1/AgentMessage.ts';
import type { Detached__Output } from '../../../proto/gen/fleetblock/v1/Detached.ts';
import type { DropEvents__Output } from '../../../proto/gen/fleetblock/v1/DropEvents.ts';
import type { EndedAlone__Output } from '../../../proto/gen/fleetblock/v1/EndedAlone.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Interface__Output } from '../../../proto/gen/fleetblock/v1/Interface.ts';
import type { Lapse__Output } from '../../../proto/gen/fleetblock/v1/Lapse.ts';
import type { LookupReply__Output } from '../../../proto/gen/fleetblock/v1/LookupReply.ts';
import type { Nack__Output } from '../../../proto/gen/fleetblock/v1/Nack.ts';
import type { ProtectedAddress__Output } from '../../../proto/gen/fleetblock/v1/ProtectedAddress.ts';
import type { Reports__Output } from '../../../proto/gen/fleetblock/v1/Reports.ts';
import type { Source__Output } from '../../../proto/gen/fleetblock/v1/Source.ts';
import type { Status__Output } from '../../../proto/gen/fleetblock/v1/Status.ts';

const VERDICTS: readonly string[] = ['pass', ...ACTION_NAMES.map((action) => ACTIONS[action].verdict)];
/** The last time that a Date knows, Unix milliseconds. */
const LAST_TIME_MS = 8.64e15;

/** @throws FleetblockError INVALID_ARGUMENT: what is too much, and how much it may be */
export function checkedMessage(message: AgentMessage__Output): AgentMessage__Output {
  const { hello, nack, status, lookupReply, dropEvents, reports } = message;
  if (hello) return { ...message, hello: checkedHello(hello) };
  if (status) return { ...message, status: checkedStatus(status) };
  if (nack) return { ...message, nack: checkedNack(nack) };
  if (lookupReply) return { ...message, lookupReply: checkedLookup(lookupReply) };
  if (dropEvents) return { ...message, dropEvents: checkedDrops(dropEvents) };
  if (reports) return { ...message, reports: checkedReports(reports) };
  return message;
}

function checkedHello(hello: Hello__Output): Hello__Output {
  const { bootId, storeEpoch, digest, sessionKey, revisionSeal, machineFacts } = hello;
  atMost('facts of the machine', machineFacts, AGENT_LIMITS.machineFacts);
  for (const id of [bootId, storeEpoch, digest, sessionKey, revisionSeal, ...machineFacts])
    atMost('characters of an id', id, AGENT_LIMITS.id);
  return {
    ...hello,
    entries: numberOf(hello.entries),
    wallMs: numberOf(hello.wallMs, LAST_TIME_MS),
    agentVersion: clipped(hello.agentVersion, AGENT_LIMITS.name),
    kernelVersion: clipped(hello.kernelVersion, AGENT_LIMITS.name),
    interfaces: checkedInterfaces(hello.interfaces),
    protectedAddresses: checkedProtected(hello.protectedAddresses),
    endedAlone: hello.endedAlone && checkedEnded(hello.endedAlone),
    detached: hello.detached && checkedDetached(hello.detached),
  };
}

function checkedStatus(status: Status__Output): Status__Output {
  atMost('problems', status.problems, AGENT_LIMITS.problems);
  atMost('top sources', status.topSources, AGENT_LIMITS.topSources);
  return {
    ...status,
    entries: numberOf(status.entries),
    driftRepairs: numberOf(status.driftRepairs),
    problems: status.problems.map((text) => clipped(text)),
    interfaces: checkedInterfaces(status.interfaces),
    topSources: status.topSources.filter(hasAddress),
    protectedAddresses: checkedProtected(status.protectedAddresses),
    lapses: checkedLapses(status.lapses),
  };
}

function checkedNack(nack: Nack__Output): Nack__Output {
  // The decoder leaves a number that it has no name for.
  const code = typeof nack.code === 'string' ? nack.code : 'CODE_UNSPECIFIED';
  return { ...nack, code, text: clipped(nack.text) };
}

function checkedLookup(reply: LookupReply__Output): LookupReply__Output {
  if (reply.verdict !== '' && !VERDICTS.includes(reply.verdict))
    throw new FleetblockError('INVALID_ARGUMENT', `a lookup is answered with ${VERDICTS.join(', ')} or nothing`);
  return {
    ...reply,
    entry: canonical(reply.entry).join(''),
    problem: clipped(reply.problem),
    lastHitMs: numberOf(reply.lastHitMs, LAST_TIME_MS),
  };
}

function checkedDrops(events: DropEvents__Output): DropEvents__Output {
  atMost('rows of drops', events.rows, AGENT_LIMITS.dropRows);
  const rows = events.rows.map((row) => ({
    ...row,
    interface: clipped(row.interface, AGENT_LIMITS.name),
    lastAgoMs: numberOf(row.lastAgoMs, MAX_TTL_MS),
  }));
  return { ...events, rows: rows.filter(({ source }) => hasAddress({ address: source })) };
}

function checkedReports(reports: Reports__Output): Reports__Output {
  atMost('reports', reports.rows, AGENT_LIMITS.reports);
  atMost('characters of a source', reports.source, AGENT_LIMITS.id);
  const rows = reports.rows.map(({ prefix, ttlMs }) => {
    atMost('characters of a prefix', prefix, AGENT_LIMITS.id);
    return { prefix, ttlMs: numberOf(ttlMs, MAX_TTL_MS) };
  });
  if (new Set(rows.map(({ prefix }) => prefix)).size < rows.length)
    throw new FleetblockError('INVALID_ARGUMENT', "a prefix twice in one message: check this host's agent");
  return { ...reports, rows };
}

function checkedEnded(ended: EndedAlone__Output): EndedAlone__Output {
  atMost('prefixes that ended', ended.prefixes, AGENT_LIMITS.endedPrefixes);
  return {
    entries: numberOf(ended.entries),
    lastAgoMs: numberOf(ended.lastAgoMs, MAX_TTL_MS),
    prefixes: ended.prefixes.flatMap(canonical),
  };
}

function checkedDetached(detached: Detached__Output): Detached__Output {
  atMost('detached interfaces', detached.interfaces, AGENT_LIMITS.interfaces);
  const interfaces = detached.interfaces.map((name) => clipped(name, AGENT_LIMITS.name));
  return { ...detached, interfaces, agoMs: numberOf(detached.agoMs, MAX_TTL_MS) };
}

function checkedLapses(lapses: readonly Lapse__Output[]): Lapse__Output[] {
  atMost('lapses', lapses, AGENT_LIMITS.lapses);
  return lapses.map(({ id, kind, text, atMostMs, agoMs }) => ({
    id,
    // The decoder leaves a number that it has no name for.
    kind: typeof kind === 'string' ? kind : 'KIND_UNSPECIFIED',
    text: clipped(text),
    atMostMs: numberOf(atMostMs, MAX_TTL_MS),
    agoMs: numberOf(agoMs, MAX_TTL_MS),
  }));
}

function checkedInterfaces(interfaces: readonly Interface__Output[]): Interface__Output[] {
  atMost('interfaces', interfaces, AGENT_LIMITS.interfaces);
  return interfaces.map(({ name, index, mode, problem }) => ({
    name: clipped(name, AGENT_LIMITS.name),
    index,
    mode: clipped(mode, AGENT_LIMITS.id),
    problem: clipped(problem, AGENT_LIMITS.interfaceProblem),
  }));
}

/** Without duplicates. @throws FleetblockError INVALID_ARGUMENT: no prefix, or too wide to be an address that was found */
function checkedProtected(addresses: readonly ProtectedAddress__Output[]): ProtectedAddress__Output[] {
  atMost('protected addresses', addresses, AGENT_LIMITS.protectedAddresses);
  const found = new Map<string, ProtectedAddress__Output>();
  for (const { prefix: text, why } of addresses) {
    const prefix = parsePrefix(text);
    if (prefix.length < WIDEST_PROTECTED[prefix.family] && why !== PROTECTED_BY_SETTING)
      throw new FleetblockError('INVALID_ARGUMENT', `the protected address ${formatPrefix(prefix)} is no address`);
    const key = formatPrefix(prefix);
    if (!found.has(key)) found.set(key, { prefix: key, why: clipped(why, AGENT_LIMITS.name) });
  }
  return [...found.values()];
}

function atMost(what: string, { length }: { readonly length: number }, most: number): void {
  if (length > most)
    throw new FleetblockError('INVALID_ARGUMENT', `${length} ${what}, at most ${most}: check this host's agent`);
}

function hasAddress({ address }: Pick<Source__Output, 'address'>): boolean {
  return address.length === 4 || address.length === 16;
}

/** Nothing of what is no prefix. */
function canonical(text: string): string[] {
  try {
    return text === '' ? [] : [formatPrefix(parsePrefix(text.slice(0, AGENT_LIMITS.id)))];
  } catch {
    return [];
  }
}

/** A uint64 of the wire, as a text that is exact as a number. */
function numberOf(field: string, most: number = Number.MAX_SAFE_INTEGER): string {
  return `${Math.min(Number(field), most)}`;
}
