// Sets of ipset, as commands (`ipset save`, `fleetblock export -o ipset`) and as a listing (`ipset list`).
import { byFirstLine, type Form } from '../form.ts';
import { LineReader } from '../lines.ts';
import { bad, type Rows } from '../rows.ts';
import { oneSetOnly } from './sets.ts';

/** The `timeout` of an entry becomes its time to live; 0 is none. Counters and comments are not read. */
export const ipset: Form = {
  name: 'ipset',
  summary: '`ipset save` or `ipset list`, one set of each family, with its timeouts',
  sample: 'create bad hash:net family inet timeout 0\nadd bad 192.0.2.0/24 timeout 600',
  recognizes: byFirstLine(
    /^((create|-N) \S+ (hash|bitmap|list):|(add|-A) [^\s=]+ [0-9a-f]*[.:]|(flush|-F) \S+$|Name: \S)/,
  ),
  read: (rows) => {
    const check = oneSetOnly();
    // Of a listing: the set whose members come next.
    let listed: string | undefined;
    const readLine = (text: string, into: Rows) => {
      const [, header = '', value = ''] = HEADER.exec(text) ?? [];
      if (header === 'Name') listed = value;
      else if (header === 'Type') checkKind(value, '');
      else if (header === 'Header') checkKind(undefined, ` ${value}`);
      else if (header === '') readEntry(text, listed, into, check);
    };
    return new LineReader({ readLine }, rows);
  },
};

/** Of a listing, above its members. */
const HEADER = /^(Name|Type|Revision|Header|Size in memory|References|Number of entries|Members):(?:\s+(.*))?$/;

/** Commands that name sets, and no address. */
const ABOUT_SETS = /^(create|-N|flush|-F|swap|-W|destroy|-X|rename|-E)( |$)/;
const ENTRY = /^(?:add|-A) (?:-exist )?(\S+) (\S+)((?: .*)?)$/;
/** What may stand after an address and says nothing of what is blocked. Strings are empty by then. */
const OPTION = / (timeout|packets|bytes|skbmark|skbprio|skbqueue) \S+| comment ""| -exist\b/g;

function readEntry(text: string, listed: string | undefined, rows: Rows, check: ReturnType<typeof oneSetOnly>): void {
  if (ABOUT_SETS.test(text)) {
    const [, kind, options = ''] = /^(?:create|-N) (?:-exist )?\S+ (\S+)(.*)$/.exec(text) ?? [];
    checkKind(kind, options);
    return;
  }
  const entry = listed === undefined || /^(add|-A) /.test(text) ? text : `add ${listed} ${text}`;
  const [, set = '', prefix = '', rest = ''] = ENTRY.exec(entry) ?? [];
  if (prefix === '') throw bad(`${JSON.stringify(text.slice(0, 80))} is not like "add NAME 192.0.2.0/24"`);
  const options = rest.replace(/"[^"]*"/g, '""');
  if (/ nomatch\b/.test(options))
    throw bad(`${prefix} is an exception (nomatch): put it into a list of its own, with --allow`);
  const unknown = options.replace(OPTION, '').trim();
  if (unknown !== '') throw bad(`there is text after ${prefix}: ${JSON.stringify(unknown.slice(0, 40))}`);
  check(set, prefix);
  const [, seconds = '0'] = / timeout ([0-9]+)/.exec(options) ?? [];
  rows.prefixOrRange(prefix, Number(seconds) * 1000);
}

/** @throws FleetblockError INVALID_ARGUMENT: an entry of such a set is not what it looks like. */
function checkKind(kind: string | undefined, options: string): void {
  if (kind !== undefined && !['hash:ip', 'hash:net', 'bitmap:ip'].includes(kind))
    throw bad(
      `a set of the kind ${kind.slice(0, 40)} holds more than addresses: only hash:ip and hash:net can be blocked`,
    );
  const [, mask] = / ((?:netmask|bitmask) \S+)/.exec(options) ?? [];
  if (mask !== undefined)
    throw bad(`in a set with ${mask.slice(0, 40)} an address stands for a network: make it a set of hash:net`);
}
