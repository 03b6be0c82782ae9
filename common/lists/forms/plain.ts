// Plain lists, .netset and .ipset: one prefix or range per line, `#` and `;` start comments. Canonical IPv4 is read byte by byte: a million
// lines in a tenth of a second, where splitting into strings takes ten times as long.
import { isIP } from 'node:net';
import { hasHostBits4 } from '../columns.ts';
import { byEachLine, type Form } from '../form.ts';
import { LineReader } from '../lines.ts';
import { bad, type Rows } from '../rows.ts';

const RETURN = 13;
const SPACE = 32;
const TAB = 9;
const HASH = 35;
const SEMICOLON = 59;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;

/** The form of a file that no other recognizes better. */
export const plain: Form = {
  name: 'plain',
  summary: 'one prefix or range per line; `#`, `;` and ` //` start comments (.netset, .ipset)',
  sample: '192.0.2.1 # why\n198.51.100.0/24\n2001:db8::1-2001:db8::9',
  recognizes: byEachLine(/^[0-9a-f.:/]+(\s*-\s*[0-9a-f.:]+)?\s*([#;].*|(?<=\s)\/\/.*)?$/i),
  read: (rows) => new LineReader({ readLine }, rows, quick),
};

function readLine(line: string, rows: Rows): void {
  rows.prefixOrRange(withoutComment(line));
}

/** After a blank only, so that `192.0.2.0//24` stays an error. */
const COMMENT = /[#;]|\s\/\//;
/** @throws FleetblockError INVALID_ARGUMENT: something else stands after the prefix, or another address after a semicolon. */
export function withoutComment(line: string): string {
  const at = line.search(COMMENT);
  const text = (at < 0 ? line : line.slice(0, at)).trim();
  const [, next = ''] = at < 0 || line[at] !== ';' ? [] : line.slice(at).split(';', 2);
  const [word = ''] = next.trim().split(/[\s,|/-]/, 1);
  if (isIP(word) > 0)
    throw bad(`there is another address after ${JSON.stringify(text.slice(0, 80))}: write one prefix per line`);
  const [, first = '', rest = ''] = /^(\S+)\s+([^\s-].*)$/s.exec(text) ?? [];
  if (rest !== '' && !first.endsWith('-'))
    throw bad(
      `there is text after ${JSON.stringify(first.slice(0, 80))}: ${JSON.stringify(rest.slice(0, 40))}; write one prefix per line, and # before a comment`,
    );
  return text;
}

/** Reads a canonical IPv4 line; false for everything else, which the strict reader then judges. */
function quick(bytes: Buffer, start: number, end: number, rows: Rows): boolean {
  let at = start;
  let address = 0;
  for (let octet = 0; octet < 4; octet++) {
    const first = at;
    let value = 0;
    for (; at < end && at - first < 3; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === first || value > 255 || (at - first > 1 && bytes[first] === ZERO)) return false;
    address = (address << 8) | value;
    if (octet < 3 && bytes[at++] !== DOT) return false;
  }
  let length = 32;
  if (at < end && bytes[at] === SLASH) {
    const first = ++at;
    length = 0;
    for (; at < end && at - first < 2; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      length = length * 10 + digit;
    }
    if (at === first || length > 32 || (at - first > 1 && bytes[first] === ZERO)) return false;
  }
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN)) at++;
  if (at < end && bytes[at] !== HASH && (bytes[at] !== SEMICOLON || mayBeAddress(bytes, at + 1, end))) return false;
  if (hasHostBits4(address, length)) return false;
  rows.columns.push4(address, length, rows.line);
  return true;
}

/** Whether the first byte from `at` that is no blank begins an address. */
function mayBeAddress(bytes: Buffer, at: number, end: number): boolean {
  let next = at;
  while (next < end && (bytes[next] === SPACE || bytes[next] === TAB)) next++;
  return next < end && /[0-9a-f:]/i.test(String.fromCharCode(bytes[next] ?? 0));
}
