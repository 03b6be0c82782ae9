// JSON of the kinds that lists come in. What is of none of them, and has no arrays of prefixes, is refused: an error page of an API is
// JSON, too.
import { messageOf } from '../../errors.ts';
import { readDecision } from '../decisions.ts';
import { byFirstLine, type Form } from '../form.ts';
import { namesOf, placesOf, readPlaces } from '../json-arrays.ts';
import { type JsonItem, jsonItems } from '../json-items.ts';
import { bad, type Rows } from '../rows.ts';
import { WholeText } from '../whole-text.ts';
import { readPointer } from './json-pointer.ts';
import { isNftJson, readNftJson } from './nft-json.ts';

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
  { keys: ['list'], of: 'MISP warninglist', rows: { '[].list[]': text } },
];
/** An array of prefixes, or nothing: cscli prints null for no decision at all. */
const STRINGS: Shape = { keys: [], of: 'strings', rows: { '[]': text } };

/** Which of the kinds of JSON the file is, readDocuments() finds out; it is read whole. */
export const json: Form = {
  name: 'json',
  summary:
    'JSON of cscli, fleetblock, nft (`nft -j list set`), MISP warninglists and Spamhaus DROP (one object per line), an array of prefixes, and any other whose arrays have prefixes with their lengths (AWS, Azure, Google, Oracle, Cloudflare, Fastly, GitHub, ipverse...)',
  sample: '[{"duration":"4h","scope":"ip","value":"192.0.2.1"}]',
  recognizes: byFirstLine(/^([[{]|null\b)/),
  places: /^\//,
  read: (rows, at) => new WholeText('JSON', (whole) => readDocuments(whole, rows, at)),
};

interface Part {
  readonly document: unknown;
  readonly text: string;
  readonly line: number;
}

function readDocuments(whole: string, rows: Rows, at: string | undefined): void {
  const parts = partsOf(whole);
  if (at !== undefined) {
    const items = parts.flatMap(({ text, line }) => itemsOf(text, line, parts.length > 1));
    readPointer(items, at, rows);
    return;
  }
  const [only] = parts;
  if (parts.length === 1 && isNftJson(only?.document)) {
    readNftJson(only.document, rows);
    rows.kind = 'nft';
    return;
  }
  const elements = parts.flatMap(({ document }) => (Array.isArray(document) ? document.slice(0, 1) : [document]));
  const [first] = elements;
  const shape = first === undefined || first === null || typeof first === 'string' ? STRINGS : shapeOf(first);
  if (shape) readShape(parts, shape, rows);
  else readUnknown(parts, elements, rows);
}

function readShape(parts: readonly Part[], shape: Shape, rows: Rows): void {
  for (const { document, text, line } of parts)
    for (const item of jsonItems(text, line)) {
      const read = shape.rows[Array.isArray(document) ? item.path : underArray(item.path)];
      if (read) rows.at(item.line, () => read(item, rows));
    }
  rows.kind = shape.of;
  if (shape !== STRINGS && shape.of !== 'cscli' && rows.isUntouched)
    throw bad(`that JSON looks like ${shape.of}, but has no row at ${Object.keys(shape.rows).join(' or ')}`);
}

/** @throws FleetblockError INVALID_ARGUMENT: without prefixes in arrays. */
function readUnknown(parts: readonly Part[], elements: readonly unknown[], rows: Rows): void {
  const items = () => parts.flatMap(({ text, line }) => itemsOf(text, line, parts.length > 1));
  const places = placesOf(items());
  const failed = elements.some(saysFailed);
  if (places.size > 0 && !failed) {
    readPlaces(items(), places, rows);
    rows.kind = namesOf(places);
    return;
  }
  const keys = elements.slice(0, 1).flatMap((each) => (isRecord(each) ? Object.keys(each) : []));
  const has = keys.length === 0 ? '' : ` (it has ${keys.slice(0, 8).join(', ').slice(0, 200)})`;
  throw bad(
    `that JSON is no list of a known kind${has}: is it the error page of an API? What can be read is decisions of cscli, arrays of prefixes with their lengths (192.0.2.0/24), and what docs/cli.md names`,
  );
}

function itemsOf(text: string, line: number, isOneOfMany: boolean): JsonItem[] {
  const items = [...jsonItems(text, line)];
  return isOneOfMany ? items.map((item) => ({ ...item, path: underArray(item.path) })) : items;
}

/** An answer that holds what was asked for, beside what is wrong with it. */
function saysFailed(document: unknown): boolean {
  if (!isRecord(document)) return false;
  const isThere = (value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  return document.success === false || isThere(document.error) || isThere(document.errors);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A document by itself is read as an array of it. */
function underArray(path: string): string {
  return path === '' ? '[]' : `[].${path}`;
}

/** One document, or one per line. @throws FleetblockError INVALID_ARGUMENT. */
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

/** Undefined: of no known shape. */
function shapeOf(element: unknown): Shape | undefined {
  const keys = isRecord(element) ? Object.keys(element) : [];
  return SHAPES.find((shape) => shape.keys.every((key) => keys.includes(key)));
}

/** Spamhaus says at the end how many rows there are: a file that lacks some is found out. */
function readDrop(item: JsonItem, rows: Rows): void {
  const records = Number(item.members.get('records'));
  const cidr = item.members.get('cidr');
  if (cidr !== undefined) rows.prefix(cidr);
  else if (item.members.get('type') !== 'metadata') throw bad('it has no cidr');
  else if (records !== rows.columns.count)
    throw bad(`it says that there are ${records} records, but ${rows.columns.count} were read: fetch the list again`);
  else rows.isWhole = true;
}
