// Lines that begin with a prefix or range and continue with what is known of it.
import { isIP } from 'node:net';
import type { LineForm } from '../form.ts';
import { bad } from '../rows.ts';

/** ipsum and the like. */
export const counted: LineForm = {
  name: 'counted',
  summary: 'a prefix and a number: how many lists have it (ipsum)',
  sample: '192.0.2.1\t12\n198.51.100.7\t9',
  line: /^[0-9a-f.:/]+(\s+|\s*[,;|]\s*)[0-9]+(\.[0-9]+)?$/i,
  readLine: (text, rows) => rows.prefix(fields(text, /^(\S+?)(?:\s+|\s*[,;|]\s*)[0-9]+(?:\.[0-9]+)?$/, counted)[0]),
};

/** Lines that send a name to 0.0.0.0 or loopback are findings: they block a name, which is no address. */
export const hosts: LineForm = {
  name: 'hosts',
  summary: 'an address and its names, as in /etc/hosts',
  sample: '192.0.2.1 bad.example worse.example',
  line: /^[0-9a-f.:]+\s+([a-z0-9_-]+\.)*[a-z_][a-z0-9_-]*(\s.*)?$/i,
  readLine: (text, rows) => {
    const [address, names] = fields(text, /^(\S+)\s+([^#]*)/, hosts);
    if (/^(0\.0\.0\.0|127\..*|::1?)$/.test(address))
      throw bad(`it blocks the name ${names.trim().slice(0, 80)}, not an address: only addresses can be blocked`);
    refuseAddresses(names);
    rows.prefix(address);
  },
};

/** RFC 8805. */
export const geofeed: LineForm = {
  name: 'geofeed',
  summary: 'a prefix and where it is (RFC 8805)',
  sample: '192.0.2.0/24,DE,DE-BE,Berlin,\n2001:db8::/32,FR,,,',
  line: /^[0-9a-f.:/]+\s*,\s*"?([a-z]{2})?"?\s*(,.*)?$/i,
  readLine: (text, rows) => {
    const [prefix, place] = fields(text, /^([^,\s]+)\s*(?:,(.*))?$/, geofeed);
    refuseAddresses(place);
    rows.prefix(prefix);
  },
};

/** `fail2ban-client get JAIL banip --with-time`. */
export const fail2ban: LineForm = {
  name: 'fail2ban',
  summary: '`fail2ban-client get JAIL banip --with-time`: bans end when they say, in the time zone of this machine',
  sample: '192.0.2.1 \t2026-11-24 10:00:00 + 3600 = 9999-12-31 23:59:59',
  line: /^[0-9a-f.:/]+\s+[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} \+ -?[0-9]+ = /i,
  readLine: (text, rows) => {
    const [prefix, day, time] = fields(
      text,
      /^(\S+)\s+\S+ \S+ \+ -?[0-9]+ = ([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})$/,
      fail2ban,
    );
    // A permanent ban ends in the year 9999.
    if (day.startsWith('9999-')) rows.prefix(prefix);
    else rows.until(prefix, endOf(`${day}T${time}`));
  },
};

function endOf(local: string): number {
  const ms = Date.parse(local);
  if (Number.isNaN(ms)) throw bad(`${JSON.stringify(local)} is not a time`);
  return ms;
}

/** `further`: what else a line has. @throws FleetblockError INVALID_ARGUMENT: an address, so that nothing says which is meant. */
export function refuseAddresses(further: string): void {
  // Most lines have nothing like it.
  if (!/[0-9]\.[0-9]|:/.test(further)) return;
  const found = further.split(/[^\w.:]+/).find((word) => word.length > 2 && isIP(word) > 0);
  if (found !== undefined) throw bad(`it has another address, ${JSON.stringify(found)}: write one per line`);
}

/** The groups of a line that must match. @throws FleetblockError INVALID_ARGUMENT, with the form's sample. */
export function fields(text: string, pattern: RegExp, form: Pick<LineForm, 'sample'>): [string, string, string] {
  const [, a = '', b = '', c = ''] = pattern.exec(text) ?? [];
  if (a !== '') return [a, b, c];
  const [sample] = form.sample.split('\n');
  throw bad(`${JSON.stringify(text.slice(0, 80))} is not like ${JSON.stringify(sample)}`);
}
