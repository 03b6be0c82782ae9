// CSV with a heading that names a column of addresses: cscli's, fleetblock's own, and what feeds publish.
import { readCsv, SEPARATORS, type Separator } from '../csv-records.ts';
import { readDecision } from '../decisions.ts';
import type { Form } from '../form.ts';
import { bad, type Rows } from '../rows.ts';
import { WholeText } from '../whole-text.ts';

/** Names of columns that hold a prefix or a range. */
const ADDRESS = [
  ...['value', 'ip', 'ip_address', 'ipaddress', 'address', 'src_ip', 'dst_ip', 'source_ip', 'host_ip', 'ioc_ip'],
  ...['prefix', 'ip_prefix', 'cidr', 'network', 'subnet', 'netblock', 'range', 'ip_range'],
];
const FIRST = [
  'start',
  'start_ip',
  'ip_start',
  'ip_range_start',
  'range_start',
  'first',
  'first_ip',
  'from',
  'ip_from',
];
const LAST = ['end', 'end_ip', 'ip_end', 'ip_range_end', 'range_end', 'last', 'last_ip', 'to', 'ip_to'];

/** Recognised by its heading, and read whole. */
export const csv: Form = {
  name: 'csv',
  summary:
    "CSV, with commas, semicolons or tabs, with a heading that names the column of addresses (`ip`, `value`, `cidr`...) or those of a range (`start`, `end`); cscli's and fleetblock's own with their times",
  sample: 'duration,scope,value,reason\n4h,ip,192.0.2.1,"scan, twice"',
  recognizes: (lines) => (separatorOf(lines[0] ?? '') === undefined ? 0 : lines.length),
  read: (rows) => new WholeText('CSV', (text) => readRecords(text, rows)),
};

/** The one by which the first record of a text is a heading with addresses; undefined: by none. */
function separatorOf(text: string): Separator | undefined {
  return SEPARATORS.find((separator) => {
    const [record] = readCsv(text, separator);
    const names = (record?.fields ?? []).map(nameOf);
    return names.some((name) => ADDRESS.includes(name)) || (has(names, FIRST) && has(names, LAST));
  });
}

interface Places {
  readonly address: number;
  readonly last: number;
  readonly scope: number;
  readonly duration: number;
  readonly expires: number;
  readonly action: number;
}

function readRecords(text: string, rows: Rows): void {
  let places: Places | undefined;
  for (const { line, fields, isUnclosed } of readCsv(text, separatorOf(text) ?? ',')) {
    if (isUnclosed) throw bad(`line ${line} opens a quote that is not closed: what follows cannot be told from it`);
    if (!places) {
      places = headingOf(fields, line);
      continue;
    }
    const at = places;
    const field = (place: number) => fields[place]?.trim();
    rows.at(line, () => {
      if (at.last >= 0) rows.range(field(at.address) ?? '', field(at.last) ?? '');
      else
        readDecision(
          {
            value: field(at.address) ?? '',
            scope: field(at.scope),
            duration: field(at.duration),
            expiresAt: field(at.expires),
            action: field(at.action),
          },
          rows,
        );
    });
  }
}

/** @throws FleetblockError INVALID_ARGUMENT: no column of addresses, or several. */
function headingOf(fields: readonly string[], line: number): Places {
  const names = fields.map(nameOf);
  const place = (...wanted: string[]) => names.findIndex((name) => wanted.includes(name));
  const addresses = names.filter((name) => ADDRESS.includes(name));
  if (addresses.length > 1)
    throw bad(
      `line ${line} names several columns of addresses, ${addresses.join(' and ')}: leave only the one that is meant`,
    );
  const isRange = addresses.length === 0 && has(names, FIRST) && has(names, LAST);
  if (addresses.length === 0 && !isRange)
    throw bad(
      `line ${line} is no heading: it needs a column named value, ip or the like, as in duration,scope,value (or start and end for ranges)`,
    );
  const duration = place('duration', 'expiration');
  const scope = place('scope');
  return {
    address: isRange ? place(...FIRST) : place(...ADDRESS),
    last: isRange ? place(...LAST) : -1,
    scope,
    duration,
    expires: place('expires_at'),
    // Feeds call the kind of attack a type; in a decision it is the action.
    action: duration >= 0 || scope >= 0 ? place('type', 'action') : place('action'),
  };
}

function has(names: readonly string[], wanted: readonly string[]): boolean {
  return names.some((name) => wanted.includes(name));
}

function nameOf(field: string): string {
  return field.trim().toLowerCase().replaceAll(' ', '_');
}
