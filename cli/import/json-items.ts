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

/** A string, a bracket or the like, a line break, or any other value. */
const TOKEN = /"(?:[^"\\]+|\\.)*"|[{}[\],:\n]|[^\s{}[\],:"]+/g;

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
  for (const [token] of text.matchAll(TOKEN)) {
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
