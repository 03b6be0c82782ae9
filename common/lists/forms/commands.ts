// Lines that are commands of other tools: nginx, RouterOS.
import { byEachLine, type Form, type LineForm } from '../form.ts';
import { LineReader } from '../lines.ts';
import { bad, type Rows } from '../rows.ts';
import { oneSetOnly } from './sets.ts';
import { fields, refuseAddresses } from './tables.ts';

/** A line with `allow` or `deny all` is a finding: neither is an entry of a list. */
export const nginx: LineForm = {
  name: 'nginx',
  summary: "nginx's `deny`; `allow` and `deny all` are refused",
  sample: 'deny 192.0.2.0/24;\ndeny 2001:db8::/32; # why',
  line: /^(deny|allow)\s+[^\s;]+\s*;/,
  readLine: (text, rows) => {
    const [prefix] = fields(text, /^deny\s+([^\s;]+)\s*;\s*(?:#.*)?$/, nginx);
    rows.prefix(prefix);
  },
};

/** A part of a command: `key=value` or `key="value"`. */
const SETTING = /(?<![a-z-])([a-z-]+)=("(?:[^"\\]|\\.)*"|\S+)/g;

/** Disabled entries are left out and counted; the `timeout` of an entry becomes its time to live. */
export const routeros: Form = {
  name: 'routeros',
  summary: 'one address list of RouterOS of each family (.rsc, /export), with its timeouts',
  sample: '/ip firewall address-list\nadd list=bad address=192.0.2.0/24 timeout=1d comment="why"',
  recognizes: byEachLine(/^(\/ip(v6)?[ /]firewall[ /]address-list\b|(:do \{ *)?add .*\baddress=)/),
  read: (rows) => {
    const check = oneSetOnly();
    return new LineReader({ isWrapped: true, readLine: (line, into) => readRouteros(line, into, check) }, rows);
  },
};

function readRouteros(line: string, rows: Rows, check: ReturnType<typeof oneSetOnly>): void {
  // The menu that the commands are for may stand on a line of its own, or before each.
  const text = line.replace(/^\/ip(v6)?[ /]firewall[ /]address-list\s*/, '');
  if (text === '' || text.startsWith('remove ')) return;
  const found = [...text.matchAll(SETTING)].map(
    ([, key = '', value = '']) => [key, value.replace(/^"|"$/g, '')] as const,
  );
  const settings = new Map(found);
  const address = settings.get('address');
  if (!/^(:do \{ *)?add /.test(text) || address === undefined)
    throw bad(`${JSON.stringify(text.slice(0, 80))} is not like "add list=bad address=192.0.2.0/24"`);
  if (found.filter(([key]) => key === 'address').length > 1)
    throw bad(`${JSON.stringify(text.slice(0, 80))} has several addresses: write one command per line`);
  refuseAddresses(text.replace(SETTING, ''));
  if (settings.get('disabled') === 'yes') {
    rows.leaveOut('disabled');
    return;
  }
  check(settings.get('list') ?? '', address);
  rows.prefixOrRange(address, routerosTime(settings.get('timeout')));
}

/** `1w2d03:04:05`, `1d`, `00:10:00`: milliseconds; 0 for none. @throws FleetblockError INVALID_ARGUMENT. */
function routerosTime(text = '0s'): number {
  if (text === 'none-dynamic' || text === 'none-static') return 0;
  const [whole, weeks, days, hours, minutes, seconds, h, m, s] =
    /^(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+):([0-9]+):([0-9]+))?$/.exec(
      text,
    ) ?? [];
  if (!whole) throw bad(`${JSON.stringify(text.slice(0, 40))} is not a time like 1d or 00:10:00`);
  const [inDays, inHours, inMinutes, inSeconds] = [
    Number(weeks ?? 0) * 7 + Number(days ?? 0),
    Number(hours ?? h ?? 0),
    Number(minutes ?? m ?? 0),
    Number(seconds ?? s ?? 0),
  ];
  return (((inDays * 24 + inHours) * 60 + inMinutes) * 60 + inSeconds) * 1000;
}
