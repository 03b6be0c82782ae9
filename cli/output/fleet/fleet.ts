// The fleet in a few numbers: `fleetblock status`, and the head of `watch` and `top`.
import { formatAddress } from '../../../common/text/prefix.ts';
import type { Host__Output } from '../../../proto/gen/fleetblock/v1/Host.ts';
import type { ListHostsReply__Output } from '../../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import { jsonInteger } from '../json.ts';
import { bytes, count, plural } from '../text.ts';
import { problemsOf } from './hosts.ts';

/** The controller's names for the states of a host, in the order of the summary. */
export const STATUSES = ['synced', 'lagging', 'degraded', 'offline'] as const;
/** Named in `status`, of each state. */
const MAX_NAMED = 5;

/** `status -o json`. Counts are numbers while they are exact, else texts. */
export interface FleetStatus {
  readonly revision: number | string;
  readonly hosts: { readonly total: number } & Record<(typeof STATUSES)[number], number>;
  readonly dropped: { readonly packets: number | string; readonly bytes: number | string };
  readonly driftRepairs: number | string;
  readonly problems: readonly { readonly host: string; readonly text: string }[];
  /** About the controller itself. */
  readonly warnings: readonly string[];
}

/** Sums over the hosts of one reply; a host without counters adds 0. */
export function fleetStatus({ hosts, revision, warnings }: ListHostsReply__Output): FleetStatus {
  const having = (status: string) => hosts.filter((host) => host.status === status).length;
  const sum = (value: (host: Host__Output) => string | undefined) =>
    jsonInteger(String(hosts.reduce((total, host) => total + BigInt(value(host) ?? '0'), 0n)));
  return {
    revision: jsonInteger(revision),
    hosts: {
      total: hosts.length,
      synced: having('synced'),
      lagging: having('lagging'),
      degraded: having('degraded'),
      offline: having('offline'),
    },
    dropped: {
      packets: sum((host) => host.counters?.droppedPackets),
      bytes: sum((host) => host.counters?.droppedBytes),
    },
    driftRepairs: sum((host) => host.driftRepairs),
    problems: hosts.flatMap((host) => problemsOf(host).map((text) => ({ host: host.name, text }))),
    warnings,
  };
}

/** `980 synced, 3 offline`. */
export function countsText(hosts: readonly Host__Output[]): string {
  return STATUSES.flatMap((status) => {
    const having = hosts.filter((host) => host.status === status).length;
    return having > 0 ? [`${count(having)} ${status}`] : [];
  }).join(', ');
}

/** `offline    web1, web2 and 248 more`: a line for each state that is not as it should be. */
export function troubleText(hosts: readonly Host__Output[]): string {
  return STATUSES.filter((status) => status !== 'synced')
    .map((status) => {
      const names = hosts.filter((host) => host.status === status).map(({ name }) => name);
      const more = names.length > MAX_NAMED ? ` and ${count(names.length - MAX_NAMED)} more` : '';
      return names.length === 0 ? '' : `${status.padEnd(9)}  ${names.slice(0, MAX_NAMED).join(', ')}${more}\n`;
    })
    .join('');
}

/** Three lines. */
export function fleetText({ revision, hosts, dropped, driftRepairs }: FleetStatus): string {
  const parts = STATUSES.filter((status) => hosts[status] > 0).map((status) => `${count(hosts[status])} ${status}`);
  return [
    `hosts      ${count(hosts.total)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`,
    `revision   ${revision}`,
    `dropped    ${plural(dropped.packets, 'packet')}, ${bytes(dropped.bytes)}${Number(driftRepairs) > 0 ? `; ${plural(driftRepairs, 'drift repair')}` : ''}`,
    '',
  ].join('\n');
}

/** A source summed over the hosts that named it among their own top sources. */
export interface TopSource {
  readonly address: string;
  readonly packets: bigint;
  /** Host names, those that dropped most of it first. */
  readonly hosts: readonly string[];
}

/** Sources that connected hosts dropped most within the last minute, summed over them. */
export function topSources(hosts: readonly Host__Output[], limit: number): TopSource[] {
  const found = new Map<string, { packets: bigint; hosts: { name: string; packets: bigint }[] }>();
  for (const host of hosts) {
    // What it says of the last minute was true when it was last heard.
    if (host.status === 'offline') continue;
    for (const { address, packets } of host.topSources) {
      const text = formatAddress(address.length === 4 ? 4 : 6, address);
      const entry = found.get(text) ?? { packets: 0n, hosts: [] };
      entry.packets += BigInt(packets);
      entry.hosts.push({ name: host.name, packets: BigInt(packets) });
      found.set(text, entry);
    }
  }
  const descending = (a: { packets: bigint }, b: { packets: bigint }) =>
    b.packets > a.packets ? 1 : b.packets < a.packets ? -1 : 0;
  return [...found]
    .map(([address, { packets, hosts: on }]) => ({
      address,
      packets,
      hosts: on.toSorted(descending).map((host) => host.name),
    }))
    .toSorted(descending)
    .slice(0, limit);
}
