// Events of what another program undid on a host: what it was, and for how long at most.
import { formatDuration } from '../../../common/text/duration.ts';
import type { Lapse__Output } from '../../../proto/gen/fleetblock/v1/Lapse.ts';
import type { EventKind, EventLog } from '../events.ts';
import type { HostState } from './host-state.ts';

/** Ended longer ago than this: its age is said. */
const LATE_MS = 10_000;

const KINDS: Readonly<Record<Lapse__Output['kind'], EventKind | undefined>> = {
  KIND_UNSPECIFIED: undefined,
  UNPROTECTED: 'host.unprotected',
  REPAIRED: 'host.repaired',
  DRIFT: 'host.drift',
};

interface LapseReaders {
  readonly hostId: string;
  readonly events: EventLog;
}

/** Each is repeated for a while and told once. @returns whether one of the new ones was drift */
export function noteLapses(
  state: HostState,
  lapses: readonly Lapse__Output[],
  { events, hostId }: LapseReaders,
): boolean {
  const fresh = lapses.filter(({ id }) => !state.lapses.has(id));
  state.lapses = new Set(lapses.map(({ id }) => id));
  for (const lapse of fresh) {
    const kind = KINDS[lapse.kind];
    if (kind) events.add(kind, lapseText(lapse), { hostId });
  }
  return fresh.some(({ kind }) => kind === 'DRIFT');
}

function lapseText({ text, atMostMs, agoMs }: Lapse__Output): string {
  const late = Number(agoMs) > LATE_MS ? `, ${formatDuration(Number(agoMs))} ago` : '';
  return `${text} (for at most ${shortTime(Number(atMostMs))}${late})`;
}

function shortTime(ms: number): string {
  return ms < 1000 ? `${ms} ms` : formatDuration(Math.ceil(ms / 1000) * 1000);
}
