// Which hosts have not proved a change, and why: for stderr. Hosts in the same state share a line, however many they are.
import { formatDuration } from '../../../common/text/duration.ts';
import type { HostOutcomes__Output } from '../../../proto/gen/fleetblock/v1/HostOutcomes.ts';
import { firstNames } from '../text.ts';

const MAX_LINES = 20;

/** `waitMs`: how long the controller was asked to wait; undefined for no proof asked. */
export function hostNotes(hosts: HostOutcomes__Output | null, waitMs: number | undefined): string[] {
  const { targeted = 0, pending = [], failed = [] } = hosts ?? {};
  if (targeted === 0) return ['warning: no host matches now: it holds for those that join later'];
  const notes = [
    ...byText(failed, ({ code, text }) => `${code}: ${text}`).map(([text, [first, ...rest]]) => {
      const verb = first.code === 'ALLOWED' ? 'lets it pass' : 'refused it';
      if (rest.length === 0) return `failed: ${first.name} ${verb}: ${text}`;
      const plural = first.code === 'ALLOWED' ? 'let it pass' : verb;
      return `failed: ${rest.length + 1} hosts ${plural} (${firstNames([first, ...rest])}): ${text}`;
    }),
    ...byText(
      // Without waiting, only what is known to be away is worth a word.
      waitMs === undefined ? pending.filter(({ status }) => status === 'offline') : pending,
      ({ status }) => status,
    ).map(([status, [first, ...rest]]) => {
      const one = rest.length === 0;
      const why = pendingText(status, one, waitMs);
      return one
        ? `pending: ${first.name} is ${status}${why}`
        : `pending: ${rest.length + 1} ${status} (${firstNames([first, ...rest])})${why}`;
    }),
  ];
  const shown = notes.slice(0, MAX_LINES);
  const more = notes.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`and ${more} more texts: see fleetblock hosts`] : []),
    ...(unnamed(hosts) > 0 ? [`and ${unnamed(hosts)} more hosts: see fleetblock hosts`] : []),
  ];
}

/** Hosts that have not proved the change, and for whose names the reply had no room. */
export function unnamed(hosts: HostOutcomes__Output | null): number {
  if (!hosts) return 0;
  const { pending, failed, pendingTotal, failedTotal } = hosts;
  return Math.max(0, pendingTotal - pending.length) + Math.max(0, failedTotal - failed.length);
}

function pendingText(status: string, one: boolean, waitMs: number | undefined): string {
  if (status === 'offline')
    return one ? ': it takes the change when it reconnects' : ': they take the change when they reconnect';
  if (waitMs === undefined) return '';
  return `: no proof within ${formatDuration(waitMs)}, it is still being sent`;
}

/** Those with the same text, in the order of the first of each. */
export function byText<T>(items: readonly T[], text: (item: T) => string): [string, [T, ...T[]]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = text(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups];
}
