// What is known of a host beside its record: kept while it is offline, so that people see what it was.

import type { Revision } from '../../../common/revision.ts';
import { type Prefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { Counters__Output } from '../../../proto/gen/fleetblock/v1/Counters.ts';
import type { Interface__Output } from '../../../proto/gen/fleetblock/v1/Interface.ts';
import type { ProtectedAddress__Output } from '../../../proto/gen/fleetblock/v1/ProtectedAddress.ts';
import type { Source__Output } from '../../../proto/gen/fleetblock/v1/Source.ts';

/**
 * As people see them. `degraded` wins over `synced` and `lagging`; a host that is offline is degraded only when its identity was copied.
 */
export const HOST_STATUSES = ['synced', 'lagging', 'offline', 'degraded'] as const;
/** Computed when it is asked for, never stored. */
export type HostStatus = (typeof HOST_STATUSES)[number];

/** Changed in place by the host's session; its last values are kept when the host disconnects. */
export interface HostState {
  /** The last revision that it is known to hold; 0 for none. */
  acked: Revision;
  entries: number;
  interfaces: readonly Interface__Output[];
  counters: Counters__Output | null;
  /** Unix milliseconds; 0 for never. */
  lastSeenMs: number;
  agentVersion: string;
  kernelVersion: string;
  /** From its own last status. */
  problems: readonly string[];
  /** Times that it was found to hold something else than it should and was repaired, since this controller knows it. */
  driftRepairs: number;
  /** What of that its present agent has counted; undefined before its first status. */
  reportedRepairs: number | undefined;
  /** Ids of the lapses in its last status. */
  lapses: ReadonlySet<string>;
  topSources: readonly Source__Output[];
  /** What it never drops, whatever its list says. */
  protectedAddresses: readonly ProtectedPrefix[];
  /** Why its acks count for nothing; undefined when they count. */
  refusal: HostRefusal | undefined;
}

/** A prefix that the agent lets through whatever its list says, so that no block cuts off its host. */
export interface ProtectedPrefix {
  readonly prefix: Prefix;
  /** For people: `own address`. */
  readonly why: string;
}

/** As a hello or a status says it. @throws FleetblockError INVALID_ARGUMENT: not prefixes */
export function protectedFromWire(addresses: readonly ProtectedAddress__Output[]): ProtectedPrefix[] {
  return addresses.map(({ prefix, why }) => ({ prefix: parsePrefix(prefix), why }));
}

/** Why a host does not hold, or is not given, what it should: a nack or an epoch that differs. */
export interface HostRefusal {
  /** Nack code or a code of the controller's own, such as DETACHED. */
  readonly code: string;
  readonly text: string;
}

/** Of a host that this controller has not seen yet, or whose note cannot be read. */
export function unknownState(): HostState {
  return {
    acked: 0n,
    entries: 0,
    interfaces: [],
    counters: null,
    lastSeenMs: 0,
    agentVersion: '',
    kernelVersion: '',
    problems: [],
    driftRepairs: 0,
    reportedRepairs: undefined,
    lapses: new Set(),
    topSources: [],
    protectedAddresses: [],
    refusal: undefined,
  };
}

/** Why an ack of a host with these interfaces proves nothing: one of them exists and lets everything through. */
export function unattached(interfaces: readonly Interface__Output[]): HostRefusal | undefined {
  const open = interfaces.find((each) => each.mode === 'none' && each.index !== 0);
  return open && { code: 'DETACHED', text: `nothing is attached to ${open.name}: ${open.problem}` };
}
