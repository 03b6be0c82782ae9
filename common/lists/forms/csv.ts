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
  places: /^[^/]/,
  read: (rows, at) => new WholeText('CSV', (text) => readRecords(text, rows, at)),
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

/** `at`: the name or, from 1, the number of the column of addresses; with a number there is no heading. */
function readRecords(text: string, rows: Rows, at: string | undefined): void {
  const number = at !== undefined && /^[1-9][0-9]*$/.test(at) ? Number(at) : undefined;
  let places = number === undefined ? undefined : { ...NOWHERE, address: number - 1 };
  for (const { line, fields, isUnclosed } of readCsv(text, separatorFor(text, at, number))) {
    if (isUnclosed) throw bad(`line ${line} opens a quote that is not closed: what follows cannot be told from it`);
    if (!places) {
      places = at === undefined ? headingOf(fields, line) : { ...NOWHERE, address: columnNamed(at, fields, line) };
      continue;
    }
    const { address, last, scope, duration, expires, action } = places;
    const field = (place: number) => fields[place]?.trim();
    rows.at(line, () => {
      if (at !== undefined) rows.prefixOrRange(field(address) ?? '');
      else if (last >= 0) rows.range(field(address) ?? '', field(last) ?? '');
      else
        readDecision(
          {
            value: field(address) ?? '',
            scope: field(scope),
            duration: field(duration),
            expiresAt: field(expires),
            action: field(action),
          },
          rows,
        );
    });
  }
}

const NOWHERE: Places = { address: -1, last: -1, scope: -1, duration: -1, expires: -1, action: -1 };

/** The one by which the first record has such a column, or else the most fields. */
function separatorFor(text: string, at: string | undefined, number: number | undefined): Separator {
  if (at === undefined) return separatorOf(text) ?? ',';
  const firsts = SEPARATORS.map((separator) => {
    const [record] = readCsv(text, separator);
    return { separator, fields: record?.fields ?? [] };
  });
  const fits = (fields: readonly string[]) =>
    number === undefined ? fields.map(nameOf).includes(nameOf(at)) : ENTRY.test(fields[number - 1]?.trim() ?? '');
  const [widest] = firsts.toSorted((a, b) => b.fields.length - a.fields.length);
  return (firsts.find(({ fields }) => fits(fields)) ?? widest)?.separator ?? ',';
}

const ENTRY = /^[0-9a-f.:]+([/-].*)?$/i;

/** @throws FleetblockError INVALID_ARGUMENT */
function columnNamed(name: string, fields: readonly string[], line: number): number {
  const place = fields.map(nameOf).indexOf(nameOf(name));
  if (place >= 0) return place;
  const names = fields.slice(0, 8).map((field) => field.trim().slice(0, 40));
  throw bad(
    `line ${line} names no column ${JSON.stringify(name)} (it has ${names.join(', ')}): name one of them, or its number if there is no heading`,
  );
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
