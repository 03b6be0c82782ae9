// JSON of a request, read so that no two readers can understand it differently: no key twice, and nothing so deep that reading it is work.
import type { JsonValue } from '@bufbuild/protobuf';
import { FleetblockError } from '../../../common/errors.ts';

/** Deeper than any request: a list of names in a selector in a begin is five. */
const MAX_DEPTH = 16;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** @throws FleetblockError INVALID_ARGUMENT: no UTF-8, no JSON, too deep, a key twice in one object */
export function parseJson(bytes: Uint8Array): JsonValue {
  const text = decoded(bytes);
  scan(text);
  try {
    return JSON.parse(text);
  } catch {
    // The reason of JSON.parse repeats what was sent.
    throw invalid('the body is not JSON');
  }
}

/** Whether it is JSON is checked later: of other texts nothing is promised but an end. */
function scan(text: string): void {
  /** Keys of the objects that are open, outermost first; undefined: an array. */
  const open: (Set<string> | undefined)[] = [];
  let beforeKey = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') {
      const end = endOfString(text, at);
      if (beforeKey) note(open.at(-1), text.slice(at, end));
      beforeKey = false;
      at = end - 1;
    } else if (letter === '{' || letter === '[') {
      beforeKey = letter === '{';
      if (open.push(beforeKey ? new Set() : undefined) > MAX_DEPTH)
        throw invalid(`the body is nested more than ${MAX_DEPTH} deep`);
    } else if (letter === '}' || letter === ']') {
      open.pop();
      beforeKey = false;
    } else if (letter === ',') beforeKey = open.at(-1) !== undefined;
  }
}

/** Index after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Two spellings of one key are one key. */
function note(keys: Set<string> | undefined, quoted: string): void {
  const key = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1);
  if (keys?.has(key)) throw invalid(`the key ${JSON.stringify(key.slice(0, 80))} is given twice in one object`);
  keys?.add(key);
}

function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw invalid('the body is not JSON');
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw invalid('the body is not UTF-8');
  }
}

function invalid(text: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', text);
}
