// JSON of an unknown shape: prefixes stand in arrays of it, as clouds, CDNs and monitors publish theirs. Only arrays count, and
// only prefixes with their length find them: an error page names who asked, and addresses by themselves may be masks or name servers.
import { isIP } from 'node:net';
import type { JsonItem } from './json-items.ts';
import { bad, type Rows } from './rows.ts';

/** Members of the objects of an array that hold prefixes; the empty name: the array holds them itself. */
type Places = ReadonlyMap<string, ReadonlySet<string>>;

const PREFIX = /^([0-9]+(\.[0-9]+){3}|[0-9a-f]*:[0-9a-f:.]*)\/[0-9]{1,3}$/i;

/** Where rows stand in a document: every array that has a prefix with a length. */
export function placesOf(items: Iterable<JsonItem>): Places {
  const places = new Map<string, Set<string>>();
  for (const { path, value, members } of items) {
    if (!path.endsWith('[]')) continue;
    for (const [name, text] of value === undefined ? members : [['', value] as const])
      if (PREFIX.test(text)) places.set(path, (places.get(path) ?? new Set()).add(name));
  }
  return places;
}

/** Of what stands in such an array everything must be a row: one prefix. */
export function readPlaces(items: Iterable<JsonItem>, places: Places, rows: Rows): void {
  for (const item of items) {
    const names = places.get(item.path);
    if (names) rows.at(item.line, () => rows.prefix(prefixOf(item, names)));
    else if (item.path.endsWith('[]') && isIP(item.value ?? '') > 0)
      rows.leaveOut('an address in an array that has no prefix with its length');
  }
}

/** For people: `prefixes.ip_prefix, ipv6_prefixes.ipv6_prefix`. */
export function namesOf(places: Places): string {
  const names = [...places].flatMap(([path, members]) => [...members].map((name) => `${path}.${name}`));
  const shown = names.slice(0, 4).map((name) => name.replaceAll('[]', '').replace(/^\.|\.$/g, ''));
  return `${shown.join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`;
}

/** @throws FleetblockError INVALID_ARGUMENT: none, or several. */
function prefixOf({ path, value, members }: JsonItem, names: ReadonlySet<string>): string {
  if (value !== undefined) return value;
  const found = [...names].filter((name) => (members.get(name) ?? 'null') !== 'null');
  if (found.length > 1) throw bad(`it has several prefixes, ${found.join(' and ')}: leave only the one that is meant`);
  const prefix = members.get(found[0] ?? '');
  if (prefix === undefined)
    throw bad(`it has no prefix, as others of ${JSON.stringify(path.replaceAll('[]', '').slice(0, 80))} have`);
  return prefix;
}
