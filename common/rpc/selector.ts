// Selectors on the wire.
import type { Selector__Output, Selector as SelectorWire } from '../../proto/gen/fleetblock/v1/Selector.ts';
import { FleetblockError } from '../errors.ts';
import {
  formatSelector,
  hostsSelector,
  parseLabelSelector,
  parseSelector,
  type Selector,
  type WholeSelector,
} from '../text/selector.ts';

/** Label terms travel as canonical text (`env=prod,role!=db`), names as a list. */
export function selectorToWire(selector: Selector): SelectorWire {
  switch (selector.kind) {
    case 'all':
      return { allHosts: true };
    case 'hosts':
      return { hosts: { names: [...selector.names] } };
    case 'labels':
      return { labels: formatSelector(selector).slice('labels:'.length) };
    case 'stage':
      return { stage: formatSelector(selector) };
  }
}

/** Whatever is kept goes into messages again, whole. */
const MAX_NAMES = 4096;
const MAX_TERMS = 64;

/** What a claim targets, a stage included. @throws FleetblockError INVALID_ARGUMENT */
export function anySelectorFromWire(wire: Selector__Output | null): Selector {
  return wire?.target === 'stage' && wire.stage !== undefined ? parseSelector(wire.stage) : selectorFromWire(wire);
}

/** What an operator targets. @throws FleetblockError INVALID_ARGUMENT: too long, or no target is set: nothing silently means the whole fleet. */
export function selectorFromWire(wire: Selector__Output | null): WholeSelector {
  if (wire?.target === 'allHosts' && wire.allHosts) return { kind: 'all' };
  if (wire?.target === 'hosts' && wire.hosts) return hostsSelector(atMost(MAX_NAMES, wire.hosts.names, 'hosts'));
  if (wire?.target === 'labels' && wire.labels !== undefined) {
    atMost(MAX_TERMS, wire.labels.split(','), 'terms');
    return parseLabelSelector(wire.labels);
  }
  throw new FleetblockError('INVALID_ARGUMENT', 'no target: say --all-hosts, --host NAME or -l SELECTOR');
}

function atMost(most: number, parts: string[], what: string): string[] {
  if (parts.length <= most) return parts;
  throw new FleetblockError(
    'INVALID_ARGUMENT',
    `a target of ${parts.length} ${what}, at most ${most}: give the hosts a label with fleetblock host label, and target that`,
  );
}
