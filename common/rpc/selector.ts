// Selectors on the wire.
import type { Selector__Output, Selector as SelectorWire } from '../../proto/gen/fleetblock/v1/Selector.ts';
import { FleetblockError } from '../errors.ts';
import { formatSelector, hostsSelector, parseLabelSelector, type Selector } from '../selector.ts';

export function selectorToWire(selector: Selector): SelectorWire {
  switch (selector.kind) {
    case 'all':
      return { allHosts: true };
    case 'hosts':
      return { hosts: { names: [...selector.names] } };
    case 'labels':
      return { labels: formatSelector(selector).slice('labels:'.length) };
  }
}

/** @throws FleetblockError INVALID_ARGUMENT when no target is set: nothing silently means the whole fleet. */
export function selectorFromWire(wire: Selector__Output | null): Selector {
  if (wire?.target === 'allHosts' && wire.allHosts) return { kind: 'all' };
  if (wire?.target === 'hosts' && wire.hosts) return hostsSelector(wire.hosts.names);
  if (wire?.target === 'labels' && wire.labels !== undefined) return parseLabelSelector(wire.labels);
  throw new FleetblockError('INVALID_ARGUMENT', 'no target: say --all-hosts, --host NAME or -l SELECTOR');
}
