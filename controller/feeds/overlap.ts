// What a list meets that it had better not: allowed prefixes, which pass whatever it says, and services that everybody shares, which lists have
// had by mistake. Said when an operator rehearses a look; nothing is refused for it.
import { addressBytes, columnsOf, FAMILIES, type PackedEntries } from '../../common/entries/packed.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../common/text/prefix.ts';
import { PrefixSet } from '../claims/guard/prefix-set.ts';
import type { AllowLayer } from '../operations/exemptions/allow-index.ts';

/** Name servers, GitHub, and content networks: one address serves thousands of names. */
const SHARED = [
  ...['1.1.1.1', '1.0.0.1', '8.8.8.8', '8.8.4.4', '9.9.9.9', '149.112.112.112', '208.67.222.222', '208.67.220.220'],
  ...['2606:4700:4700::1111', '2001:4860:4860::8888', '2620:fe::fe', '140.82.112.0/20', '185.199.108.0/22'],
  ...['192.30.252.0/22', '104.16.0.0/13', '104.24.0.0/14', '172.64.0.0/13', '162.158.0.0/15', '141.101.64.0/18'],
  ...['188.114.96.0/20', '198.41.128.0/17', '151.101.0.0/16', '199.232.0.0/16', '2606:4700::/32', '2a04:4e40::/32'],
].map(parsePrefix);

const MAX_NAMED = 5;

/** One sentence for each kind that is met. */
export function overlapsOf(slices: readonly PackedEntries[], allowed: Iterable<AllowLayer>): string[] {
  const listed = setOf(prefixesOf(slices));
  const found = (others: PrefixSet, what: string) => {
    const met = new Set<string>();
    // The others inside what is listed, and what is listed inside the others.
    for (const other of membersOf(others)) if (listed.covering(other).length > 0) met.add(formatPrefix(other));
    for (const own of membersOf(listed)) if (others.covering(own).length > 0) met.add(formatPrefix(own));
    const names = [...met].slice(0, MAX_NAMED).join(', ');
    return met.size === 0
      ? []
      : [`${what}: ${names}${met.size > MAX_NAMED ? ` and ${met.size - MAX_NAMED} more` : ''}`];
  };
  return [
    ...[...allowed].flatMap(({ entries }) => found(entries, 'it has what is allowed, and passes')),
    ...found(setOf(SHARED), 'it has addresses of services that many share'),
  ];
}

function setOf(prefixes: Iterable<Prefix>): PrefixSet {
  const set = new PrefixSet();
  for (const { family, address, length } of prefixes) set.add(family, address, 0, length, 0);
  return set;
}

function* membersOf(set: PrefixSet): Generator<Prefix> {
  for (const family of FAMILIES) for (let row = 0; row < set.countOf(family); row++) yield set.prefixAt(family, row);
}

function* prefixesOf(slices: readonly PackedEntries[]): Generator<Prefix> {
  for (const slice of slices)
    for (const family of FAMILIES) {
      const { count, addresses, lengths } = columnsOf(slice, family);
      const width = addressBytes(family);
      for (let row = 0; row < count; row++)
        yield { family, address: addresses.subarray(row * width, (row + 1) * width), length: lengths[row] ?? 0 };
    }
}
