// Lines with the first and the last address of a range.
import { isIPv6 } from 'node:net';
import { parsePrefix } from '../../text/prefix.ts';
import type { LineForm } from '../form.ts';
import { fields, refuseAddresses } from './tables.ts';

const ADDRESS = '[0-9a-f.:]+';

/** A third address makes it a row of addresses: the first two of them are no range. */
const KNOWN = '(?!\\s*"?([0-9]+(\\.[0-9]+){3}|[0-9a-f]*:[0-9a-f.:]+)"?\\s*([,;\\t]|$)).*';

/** IP-to-country tables. */
export const startEnd: LineForm = {
  name: 'start-end',
  summary: 'first address, last address, and what else is known of the range',
  sample: '192.0.2.0,192.0.2.255,DE\n"198.51.100.0","198.51.100.127","FR"',
  line: new RegExp(`^"?${ADDRESS}"?\\s*[,;\\t]\\s*"?${ADDRESS}"?\\s*[,;\\t]${KNOWN}$`, 'i'),
  readLine: (text, rows) => {
    const [first, last, known] = fields(text, ROW, startEnd);
    refuseAddresses(known);
    rows.range(first, last);
  },
};

const ROW = /^"?([^",;\t]+?)"?\s*[,;\t]\s*"?([^",;\t]+?)"?\s*(?:[,;\t](.*))?$/i;

/** DShield's block list. */
export const dshield: LineForm = {
  name: 'dshield',
  summary: "DShield's block list: first address, last address, prefix length, and more",
  sample:
    'Start\tEnd\tNetblock\tAttacks\tName\tCountry\temail\n192.0.2.0\t192.0.2.255\t24\t6286\tEXAMPLE\tDE\tabuse@example.com',
  line: new RegExp(`^(start\\tend\\t|${ADDRESS}\\t${ADDRESS}\\t[0-9]{1,3}\\t).*`, 'i'),
  readLine: (text, rows) => {
    if (/^start\s+end\s/i.test(text)) return;
    const [first, last] = fields(text, /^(\S+)\t(\S+)\t[0-9]{1,3}(?:\t.*)?$/, dshield);
    rows.range(first, last);
  },
};

const IPV4 = '[0-9]{1,3}(?:\\.[0-9]{1,3}){3}';
const IPV6 = '[0-9a-f]{0,4}:[0-9a-f:.]*';

/** PeerGuardian. */
export const p2p: LineForm = {
  name: 'p2p',
  summary: 'a name, a colon and a range (PeerGuardian .p2p)',
  sample: 'Some Network:192.0.2.0-192.0.2.255\nAnother: one:198.51.100.7-198.51.100.7\nIPv6:2001:db8::-2001:db8::ff',
  line: new RegExp(`^(?!${ADDRESS}\\s*-\\s*${ADDRESS}\\s*,).*:(${IPV4}\\s*-\\s*${IPV4}|${IPV6}\\s*-\\s*${IPV6})$`, 'i'),
  readLine: (text, rows) => {
    const [before, last] = fields(text, /^(.*\S)\s*-\s*([0-9a-f.:]+)$/i, p2p);
    if (isIPv6(last)) rows.range(nearest(before, last), last);
    else rows.range(unpadded(before.replace(/^.*:/, '')), unpadded(last));
  },
};

/** eMule's ipfilter.dat. */
export const emule: LineForm = {
  name: 'emule',
  summary:
    "a range, an access level and a name (eMule's ipfilter.dat); levels over 127 are allowed there, and left out here",
  sample: '192.000.002.000 - 192.000.002.255 , 100 , Some Network',
  line: new RegExp(`^${ADDRESS}\\s*-\\s*${ADDRESS}\\s*,\\s*[0-9]+\\s*,.*$`, 'i'),
  readLine: (text, rows) => {
    const [first, last, level] = fields(text, EMULE_ROW, emule);
    if (Number(level) > 127) rows.leaveOut('allowed by its level');
    else rows.range(unpadded(first), unpadded(last));
  },
};

const EMULE_ROW = new RegExp(`^(${ADDRESS})\\s*-\\s*(${ADDRESS})\\s*,\\s*([0-9]+)\\s*(?:,.*)?$`, 'i');

/** Characters. */
const LONGEST_IPV6 = 45;

/**
 * The address at the end of `text`, which begins with a name: names hold colons, too, so there may be several. The one nearest to the
 * last of the range is meant: too wide a range would block more than was written.
 */
function nearest(text: string, last: string): string {
  const end = parsePrefix(last).address;
  const possible = [...text.slice(-LONGEST_IPV6).matchAll(/(?<![0-9a-f])(?=[0-9a-f:])/gi)]
    .map(({ index, input }) => input.slice(index))
    .filter((each) => isIPv6(each) && Buffer.compare(parsePrefix(each).address, end) <= 0)
    .sort((a, b) => Buffer.compare(parsePrefix(b).address, parsePrefix(a).address));
  return possible[0] ?? text;
}

/** These forms pad every octet to three digits, in decimal. Other leading zeros stay what they are, and are refused. */
function unpadded(address: string): string {
  return /^[0-9]{3}(\.[0-9]{3}){3}$/.test(address) ? address.split('.').map(Number).join('.') : address;
}
