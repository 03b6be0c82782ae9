// nft's sets, and what holds of ipset's as well: a file with several sets of one family does not say which of them is meant.
import { byFirstLine, type Form, type Reader } from '../form.ts';
import { bad, type Rows } from '../rows.ts';
import { WholeText } from '../whole-text.ts';

/** @returns what refuses a prefix of another set of the same family. @throws FleetblockError INVALID_ARGUMENT. */
export function oneSetOnly(): (set: string, prefix: string) => void {
  const names = new Map<4 | 6, string>();
  return (set, prefix) => {
    const family = prefix.includes(':') ? 6 : 4;
    const known = names.get(family) ?? set;
    names.set(family, known);
    if (known !== set) throw bad(`the file has the sets ${known} and ${set}: leave only the one that is meant`);
  };
}

/** What `nft list` and `fleetblock export -o nft` write, and `add element`. Addresses in rules are left out and counted. */
export const nft: Form = {
  name: 'nft',
  summary: '`nft list set` or `nft list ruleset`, with one set of each family, with its timeouts',
  sample:
    'table inet filter {\n\tset bad {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { 192.0.2.0/24,\n\t\t\t     198.51.100.1-198.51.100.9 timeout 1h }\n\t}\n}',
  recognizes: byFirstLine(
    /^((add |flush )?(table|set) (ip|ip6|inet|netdev) \S+|set \S+ \{|flush ruleset|(add|create) element (ip|ip6|inet|netdev) )/,
  ),
  read: (rows): Reader => new WholeText('nft', (text) => readNft(text, rows)),
};

const ADDRESS = /(?<![\w.:])(?:[0-9]+(?:\.[0-9]+){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w.:])/g;

/** A name of a set, where its elements are due, what stands in braces, a line break, or an address somewhere else. */
const TOKEN = new RegExp(
  [
    /\bset\s+(\S+)\s*\{/,
    /\b(?:add|create)\s+element\s+\S+\s+\S+\s+(\S+)\s*(?=\{)/,
    /\belements\s*=\s*(?=\{)/,
    /\{([^{}]*)\}/,
    /\n/,
    ADDRESS,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function readNft(whole: string, rows: Rows): void {
  // Neither may be taken for anything else, and lines stay where they are.
  const text = whole.replace(/"[^"\n]*"|#[^\n]*/g, (each) => (each.startsWith('"') ? '""' : ''));
  if (text.split('{').length !== text.split('}').length) throw bad('its braces do not match: was it cut short?');
  const check = oneSetOnly();
  let line = 1;
  let set = '';
  let due = false;
  for (const match of text.matchAll(TOKEN)) {
    const [token, named, added, elements] = match;
    if (named !== undefined || added !== undefined) set = named ?? added ?? '';
    if (added !== undefined || token.startsWith('elements')) due = true;
    else if (elements !== undefined && due) {
      due = false;
      readElements(elements, line, (at, element) => rows.at(at, () => readElement(element, set, rows, check)));
    } else for (const _ of token.matchAll(ADDRESS)) rows.leaveOut('an address in a rule, not in a set');
    line += token.split('\n').length - 1;
  }
}

/** Calls back for every element with its line. */
function readElements(text: string, from: number, each: (line: number, element: string) => void): void {
  let line = from;
  for (const part of text.split(',')) {
    const lead = /^\s*/.exec(part)?.[0] ?? '';
    if (part.trim() !== '') each(line + lead.split('\n').length - 1, part.trim());
    line += part.split('\n').length - 1;
  }
}

const UNIT_S: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };

/** What may stand after an address and says nothing of what is blocked, except the times. Strings are empty by then. */
const OPTION = /\s(timeout|expires) \S+|\scounter( packets [0-9]+ bytes [0-9]+)?|\scomment ""/g;

function readElement(text: string, set: string, rows: Rows, check: ReturnType<typeof oneSetOnly>): void {
  const [, prefix = '', options = ''] = /^(\S+)(.*)$/s.exec(text) ?? [];
  const [, timeout = ''] = / timeout (\S+)/.exec(options) ?? [];
  // What is left of it, or all of it when the set is only written down.
  const [, time = timeout] = / expires (\S+)/.exec(options) ?? [];
  if (options.replace(OPTION, '').trim() !== '')
    throw bad(`${JSON.stringify(text.slice(0, 80))} is more than an address: only addresses can be blocked`);
  check(set, prefix);
  const parts = [...time.matchAll(/([0-9]+)(ms|[wdhms])/g)];
  const seconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNIT_S[unit ?? ''] ?? 0), 0);
  rows.prefixOrRange(prefix, Math.ceil(seconds * 1000));
}
