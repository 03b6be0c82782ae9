// JSON of the kinds that lists come in. What is of none of these kinds is refused: an error page of an API is JSON, too.
import { messageOf } from '../../../common/errors.ts';
import { readDecision } from '../decisions.ts';
import { byFirstLine, type Form } from '../form.ts';
import { HeldText } from '../held.ts';
import { type JsonItem, jsonItems } from '../json-items.ts';
import { bad, type Rows } from '../rows.ts';

/** Reads an item of a path that holds rows. */
type ReadItem = (item: JsonItem, rows: Rows) => void;

interface Shape {
  /** Of the document, or of the first element when it is an array. */
  readonly keys: readonly string[];
  /** Whose rows these are. */
  readonly of: string;
  readonly rows: Readonly<Record<string, ReadItem>>;
}

const text: ReadItem = ({ value }, rows) => {
  if (value === undefined) throw bad('an object stands where a prefix is due');
  rows.prefixOrRange(value);
};

const member =
  (...names: readonly string[]): ReadItem =>
  ({ members }, rows) => {
    const name = names.find((each) => members.has(each));
    if (name === undefined) throw bad(`it has no ${names.join(' or ')}`);
    rows.prefix(members.get(name) ?? '');
  };

const decision: ReadItem = ({ members }, rows) => {
  const value = members.get('value');
  if (value === undefined) throw bad('it is no decision: it has no value');
  const said = (key: string) => (members.get(key) === 'null' ? undefined : members.get(key));
  readDecision({ value, scope: said('scope'), duration: said('duration'), action: said('type') }, rows);
};

/** An alert holds decisions, of which its array was read before; one without any has null. */
const alertOrDecision: ReadItem = (item, rows) => {
  const decisions = item.members.get('decisions');
  if (decisions === undefined) decision(item, rows);
  else if (decisions !== '[' && decisions !== 'null') throw bad('its decisions are no array');
};

const exported: ReadItem = ({ members }, rows) => {
  const expiresAt = members.get('expiresAt');
  readDecision(
    {
      value: members.get('prefix') ?? '',
      action: members.get('action'),
      expiresAt: expiresAt === 'null' ? undefined : expiresAt,
    },
    rows,
  );
};

const SHAPES: readonly Shape[] = [
  { keys: ['decisions'], of: 'cscli', rows: { '[]': alertOrDecision, '[].decisions[]': decision } },
  { keys: ['value'], of: 'cscli', rows: { '[]': alertOrDecision, '[].decisions[]': decision } },
  { keys: ['prefix', 'action'], of: 'fleetblock', rows: { '[]': exported } },
  { keys: ['cidr'], of: 'Spamhaus DROP', rows: { '[]': readDrop } },
  {
    keys: ['prefixes', 'ipv6_prefixes'],
    of: 'AWS ip-ranges',
    rows: { '[].prefixes[]': member('ip_prefix'), '[].ipv6_prefixes[]': member('ipv6_prefix') },
  },
  { keys: ['prefixes', 'creationTime'], of: 'Google', rows: { '[].prefixes[]': member('ipv4Prefix', 'ipv6Prefix') } },
  { keys: ['subnets'], of: 'ipverse', rows: { '[].subnets.ipv4[]': text, '[].subnets.ipv6[]': text } },
  { keys: ['prefixes'], of: 'ipverse', rows: { '[].prefixes.ipv4[]': text, '[].prefixes.ipv6[]': text } },
  { keys: ['list'], of: 'MISP warninglist', rows: { '[].list[]': text } },
];
/** An array of prefixes, or nothing: cscli prints null for no decision at all. */
const STRINGS: Shape = { keys: [], of: 'strings', rows: { '[]': text } };

export const json: Form = {
  name: 'json',
  summary:
    'JSON of cscli, fleetblock, AWS, Google, ipverse, MISP warninglists and Spamhaus DROP (an object a line), or an array of prefixes',
  sample: '[{"duration":"4h","scope":"ip","value":"192.0.2.1"}]',
  recognizes: byFirstLine(/^([[{]|null\b)/),
  read: (rows) => new HeldText('JSON', (whole) => readDocuments(whole, rows)),
};

interface Part {
  readonly document: unknown;
  readonly text: string;
  readonly line: number;
}

function readDocuments(whole: string, rows: Rows): void {
  const parts = partsOf(whole);
  const elements = parts.flatMap(({ document }) => (Array.isArray(document) ? document.slice(0, 1) : [document]));
  const [first] = elements;
  const shape = first === undefined || first === null ? STRINGS : shapeOf(first);
  for (const part of parts)
    for (const item of jsonItems(part.text, part.line)) {
      const read = shape.rows[Array.isArray(part.document) ? item.path : underArray(item.path)];
      if (read) rows.at(item.line, () => read(item, rows));
    }
  rows.kind = shape.of;
  if (shape !== STRINGS && shape.of !== 'cscli' && rows.isUntouched)
    throw bad(`that JSON looks like ${shape.of}, but has no row at ${Object.keys(shape.rows).join(' or ')}`);
}

/** A document by itself is read as an array of it. */
function underArray(path: string): string {
  return path === '' ? '[]' : `[].${path}`;
}

/** One document, or one a line. @throws FleetblockError INVALID_ARGUMENT. */
function partsOf(whole: string): Part[] {
  try {
    return [{ document: JSON.parse(whole), text: whole, line: 1 }];
  } catch (error) {
    const lines = whole.split('\n').map((each, i) => ({ text: each.trim(), line: i + 1 }));
    const parts = lines.filter((each) => each.text !== '');
    if (parts.length < 2 || !parts[0]?.text.startsWith('{') || !parts[0].text.endsWith('}'))
      throw bad(`that is not JSON: ${messageOf(error)}`);
    return parts.map((part) => ({ ...part, document: parseLine(part) }));
  }
}

function parseLine({ text: line, line: number }: { readonly text: string; readonly line: number }): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw bad(`line ${number} is not JSON: ${messageOf(error)}`);
  }
}

/** @throws FleetblockError INVALID_ARGUMENT: of no known shape. */
function shapeOf(element: unknown): Shape {
  if (typeof element === 'string') return STRINGS;
  const keys = typeof element === 'object' && element !== null ? Object.keys(element) : [];
  const shape = SHAPES.find((each) => each.keys.every((key) => keys.includes(key)));
  if (shape) return shape;
  const has = keys.length === 0 ? '' : ` (it has ${keys.slice(0, 8).join(', ').slice(0, 200)})`;
  throw bad(
    `that JSON is no list of a known kind${has}: is it the error page of an API? What can be read is decisions of cscli, an array of prefixes, and what docs/cli.md names`,
  );
}

/** Spamhaus says at the end how many rows there are: a file that lacks some is found out. */
function readDrop(item: JsonItem, rows: Rows): void {
  const records = Number(item.members.get('records'));
  if (item.members.get('type') !== 'metadata') member('cidr')(item, rows);
  else if (records !== rows.columns.count)
    throw bad(`it says that there are ${records} records, but ${rows.columns.count} were read: fetch the list again`);
}
