// What stands in a JSON document, where, and on which line: JSON.parse does not say, and the reader of an error wants to find the bad row.
import { bad } from './rows.ts';

/** Something in an array, or an object anywhere. */
export interface JsonItem {
  /** `prefixes[]`, `subnets.ipv4[]`; empty for the document itself. */
  readonly path: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** A string's text; a number, true, false or null as it is written; undefined for an object. */
  readonly value?: string;
  /** Of an object: its members; of one that is an object or an array only `{` or `[`. */
  readonly members: ReadonlyMap<string, string>;
}

/** The beginning of a string, a bracket or the like, a line break, or any other value. */
const TOKEN = /["{}[\],:\n]|[^\s{}[\],:"]+/g;

/** Strings are whole, with their quotes. No pattern finds their ends: its stack would end before a long one does. */
function* tokensOf(text: string): Generator<string> {
  const pattern = new RegExp(TOKEN);
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const [token] = found;
    if (token !== '"') yield token;
    else {
      pattern.lastIndex = endOfString(text, pattern.lastIndex);
      yield text.slice(found.index, pattern.lastIndex);
    }
  }
}

/** After the closing quote of the string of which `from` is the first character. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

interface Level {
  readonly kind: '{' | '[';
  readonly path: string;
  readonly line: number;
  readonly members: Map<string, string>;
  /** The key that was read last; in an object without one, a key is due. */
  key: string | undefined;
}

/** Lists nest a few levels: more would cost their square, because every level has its path. */
const MAX_LEVELS = 64;

/**
 * Objects, when they end, and the values in arrays. The text must be valid JSON. `firstLine`: of its beginning.
 * @throws FleetblockError INVALID_ARGUMENT: over MAX_LEVELS deep.
 */
export function* jsonItems(text: string, firstLine = 1): Generator<JsonItem> {
  const levels: Level[] = [];
  let line = firstLine;
  for (const token of tokensOf(text)) {
    const level = levels.at(-1);
    switch (token) {
      case '\n':
        line++;
        break;
      case ':':
        break;
      case ',':
        if (level) level.key = undefined;
        break;
      case '{':
      case '[':
        if (level?.kind === '{') level.members.set(level.key ?? '', token);
        if (levels.length === MAX_LEVELS) throw bad(`line ${line} is nested over ${MAX_LEVELS} deep: that is no list`);
        levels.push({ kind: token, path: placeIn(level), line, members: new Map(), key: undefined });
        break;
      case '}':
      case ']':
        levels.pop();
        if (level?.kind === '{') yield level;
        break;
      default: {
        const value = token.startsWith('"') ? String(JSON.parse(token)) : token;
        if (level?.kind === '[') yield { path: placeIn(level), line, value, members: new Map() };
        else if (level?.key === undefined) {
          if (level) level.key = value;
        } else level.members.set(level.key, value);
      }
    }
  }
}

function placeIn(level: Level | undefined): string {
  if (!level) return '';
  if (level.kind === '[') return `${level.path}[]`;
  return level.path === '' ? (level.key ?? '') : `${level.path}.${level.key}`;
}
