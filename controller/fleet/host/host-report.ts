// What a host says of itself, in its hello and in every status: kept for people, sent to those who watch. Never proof of a revision.
import { FleetblockError } from '../../../common/errors.ts';
import type { Hello__Output } from '../../../proto/gen/fleetblock/v1/Hello.ts';
import type { Status__Output } from '../../../proto/gen/fleetblock/v1/Status.ts';
import type { EventLog } from '../events.ts';
import type { Meter } from '../hub/meter.ts';
import { noteLapses } from './host-lapses.ts';
import { type HostState, protectedFromWire } from './host-state.ts';

/** @throws FleetblockError INVALID_ARGUMENT */
export function takeHello(state: HostState, hello: Hello__Output, nowMs: number): void {
  state.entries = Number(hello.entries);
  state.interfaces = hello.interfaces;
  state.protectedAddresses = protectedFromWire(hello.protectedAddresses);
  state.agentVersion = hello.agentVersion;
  state.kernelVersion = hello.kernelVersion;
  state.lastSeenMs = nowMs;
  state.refusal = undefined;
}

/** @returns FAILED_PRECONDITION, to end the stream with: the two versions cannot be mixed */
export function otherProtocol(theirs: number, ours: number): FleetblockError {
  const text = `the agent speaks sync protocol ${theirs}, this controller ${ours}: upgrade the older of the two`;
  return new FleetblockError('FAILED_PRECONDITION', text);
}

/** Where the news in a status goes: events for people, drift repairs to the metrics. */
export interface StatusReaders {
  readonly hostId: string;
  readonly events: EventLog;
  readonly meter: Meter;
}

/** @throws FleetblockError INVALID_ARGUMENT */
export function takeStatus(state: HostState, status: Status__Output, readers: StatusReaders): void {
  state.entries = Number(status.entries);
  state.counters = status.counters;
  state.interfaces = status.interfaces;
  state.protectedAddresses = protectedFromWire(status.protectedAddresses);
  state.topSources = status.topSources;
  noteProblems(state, status.problems, readers);
  const told = noteLapses(state, status.lapses, readers);
  noteDrift(state, Number(status.driftRepairs), told, readers);
}

function noteProblems(state: HostState, problems: readonly string[], { events, hostId }: StatusReaders): void {
  const [first] = problems;
  const had = state.problems.length > 0;
  if (first !== undefined && !had) events.add('host.degraded', first, { hostId });
  if (first === undefined && had) events.add('host.recovered', 'all is well', { hostId });
  state.problems = problems;
}

/** `reported`: repairs in the life of the agent's process. `told`: a lapse has said more of them. */
function noteDrift(state: HostState, reported: number, told: boolean, { events, meter, hostId }: StatusReaders): void {
  const before = state.reportedRepairs;
  state.reportedRepairs = reported;
  // An agent that was started again counts from zero; what one did before this controller knew it is not new.
  const fresh = before === undefined ? 0 : reported < before ? reported : reported - before;
  if (before === undefined) state.driftRepairs += reported;
  if (fresh === 0) return;
  state.driftRepairs += fresh;
  meter.drift('host', fresh);
  if (!told) events.add('host.drift', 'its kernel differed from what it should hold; repaired', { hostId });
}
