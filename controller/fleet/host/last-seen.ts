// The state of hosts when they were last connected. In the notes too, so that an offline host is known after a restart: written when it
// connects, when it disconnects, and every few minutes between.
import { z } from 'zod';
import { formatPrefix, parsePrefix } from '../../../common/text/prefix.ts';
import type { HostNotes } from './host-notes.ts';
import { type HostState, unknownState } from './host-state.ts';

/** How often the state of connected hosts is noted, milliseconds. */
const NOTE_MS = 180_000;

const count = z.number().int().nonnegative();
const total = z.string().regex(/^[0-9]{1,20}$/);

/** All that is worth keeping of a state: the rest is asked for or judged again. */
const Seen = z.object({
  acked: total,
  entries: count,
  interfaces: z.array(z.object({ name: z.string(), index: count, mode: z.string(), problem: z.string() })),
  counters: z
    .object({
      droppedPackets: total,
      droppedBytes: total,
      passedPackets: total,
      passedBytes: total,
      allowedPackets: total,
      monitoredPackets: total,
      malformedPackets: total,
      overtaggedPackets: total,
    })
    .nullable(),
  lastSeenMs: count,
  agentVersion: z.string(),
  kernelVersion: z.string(),
  problems: z.array(z.string()),
  driftRepairs: count,
  reportedRepairs: count.optional(),
  protectedAddresses: z.array(z.object({ prefix: z.string(), why: z.string() })),
});

/** `connected` are the hosts whose state is noted again every three minutes. */
export interface LastSeenDeps {
  readonly notes: Pick<HostNotes, 'of' | 'changed'>;
  /** Ids of the connected hosts. */
  readonly connected: () => Iterable<string>;
}

/** States are read from the notes on first use and stay in memory. `close` stops the timer. */
export class LastSeen {
  readonly #deps: LastSeenDeps;
  readonly #states = new Map<string, HostState>();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: LastSeenDeps, noteMs = NOTE_MS) {
    this.#deps = deps;
    this.#timer = setInterval(() => {
      for (const hostId of deps.connected()) this.note(hostId);
    }, noteMs).unref();
  }

  /** Change it in place. */
  of(hostId: string): HostState {
    const known = this.#states.get(hostId);
    if (known) return known;
    const state = stateFromNote(this.#deps.notes.of(hostId).seen);
    this.#states.set(hostId, state);
    return state;
  }

  /** Notes its present state. */
  note(hostId: string): void {
    const { notes } = this.#deps;
    notes.of(hostId).seen = noteOfState(this.of(hostId));
    notes.changed(hostId);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function noteOfState(state: HostState): z.input<typeof Seen> {
  const { acked, entries, interfaces, counters, lastSeenMs, agentVersion, kernelVersion } = state;
  const { problems, driftRepairs, reportedRepairs, protectedAddresses } = state;
  return {
    ...{
      acked: String(acked),
      entries,
      interfaces: [...interfaces],
      counters,
      lastSeenMs,
      agentVersion,
      kernelVersion,
    },
    ...{ problems: [...problems], driftRepairs, reportedRepairs },
    protectedAddresses: protectedAddresses.map(({ prefix, why }) => ({ prefix: formatPrefix(prefix), why })),
  };
}

/** A malformed note, or one of another version, counts as none. */
function stateFromNote(note: unknown): HostState {
  const { data: seen } = Seen.safeParse(note);
  if (!seen) return unknownState();
  const protectedAddresses = seen.protectedAddresses.map(({ prefix, why }) => ({ prefix: parsePrefix(prefix), why }));
  const { reportedRepairs } = seen;
  return { ...unknownState(), ...seen, acked: BigInt(seen.acked), reportedRepairs, protectedAddresses };
}
