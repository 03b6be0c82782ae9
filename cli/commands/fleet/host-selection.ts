// Which hosts `hosts` and `watch` show, and in what order.
import { type Command, Option } from 'commander';
import { FleetblockError } from '../../../common/errors.ts';
import { selectorToWire } from '../../../common/rpc/selector.ts';
import { hostsSelector, parseLabelSelector, selectorMatches } from '../../../common/text/selector.ts';
import type { Host__Output } from '../../../proto/gen/fleetblock/v1/Host.ts';
import type { ListHostsRequest } from '../../../proto/gen/fleetblock/v1/ListHostsRequest.ts';
import { STATUSES } from '../../output/fleet/fleet.ts';

/** As commander parses it: labels and states go to the controller, order is made here. */
export interface HostSelection {
  readonly selector?: string;
  readonly status?: readonly string[];
  readonly sort?: (typeof ORDERS)[number];
}

const ORDERS = ['worst', 'name', 'seen', 'revision', 'entries', 'dropped'] as const;

/** Adds the [host...] argument and the -l, --status and --sort options. */
export function addHostSelection(command: Command): Command {
  return command
    .argument('[host...]', 'only these')
    .option('-l, --selector <terms>', 'only hosts with these labels: env=prod,role!=db')
    .addOption(new Option('--status <status...>', 'only hosts in this state; several: repeat it').choices(STATUSES))
    .addOption(new Option('--sort <order>', 'the worst first, or by this').choices(ORDERS));
}

/** The same for the controller, which sends no others. Names go before labels. @throws FleetblockError INVALID_ARGUMENT */
export function hostsRequest(words: readonly string[], { selector, status }: HostSelection): ListHostsRequest {
  const names = words.flatMap((word) => word.split(','));
  const target =
    names.length > 0 ? hostsSelector(names) : selector === undefined ? undefined : parseLabelSelector(selector);
  return { ...(target && { target: selectorToWire(target) }), statuses: [...(status ?? [])] };
}

/**
 * What is wanted of the fleet. `order`: unless the selection says another.
 * @throws FleetblockError NOT_FOUND: a name that no host has; INVALID_ARGUMENT: a malformed selector
 */
export function selectHosts(
  hosts: readonly Host__Output[],
  words: readonly string[],
  { selector, status, sort }: HostSelection,
  order: 'worst' | 'name',
): Host__Output[] {
  const names = new Set(words.flatMap((word) => word.split(',')));
  for (const name of names)
    if (!hosts.some((host) => host.name === name))
      throw new FleetblockError('NOT_FOUND', `there is no host ${name}: fleetblock hosts shows them all`);
  const labels = selector === undefined ? undefined : parseLabelSelector(selector);
  return hosts
    .filter(
      (host) =>
        (names.size === 0 || names.has(host.name)) &&
        (status === undefined || status.includes(host.status)) &&
        (labels === undefined || selectorMatches(labels, host)),
    )
    .sort((a, b) => RANKS[sort ?? order](a, b) || byName.compare(a.name, b.name));
}

// Not localeCompare with options, which makes a collator each time.
const byName = new Intl.Collator('en', { numeric: true });
const most = (value: (host: Host__Output) => number) => (a: Host__Output, b: Host__Output) => value(b) - value(a);

const RANKS: Readonly<Record<(typeof ORDERS)[number], (a: Host__Output, b: Host__Output) => number>> = {
  worst: most(({ status }) => WORST.indexOf(status)),
  name: () => 0,
  seen: (a, b) => Number(a.lastSeenMs) - Number(b.lastSeenMs),
  revision: (a, b) => Number(a.revision) - Number(b.revision),
  entries: most(({ entries }) => Number(entries)),
  dropped: most(({ counters }) => Number(counters?.droppedPackets ?? 0)),
};

const WORST: readonly string[] = ['synced', 'lagging', 'degraded', 'offline'];
