// Plain lists, .netset and .ipset: one prefix a line, `#` and `;` start comments. Read byte by byte: a million lines in a tenth of
// a second, where splitting into strings takes ten times as long.
import { messageOf } from '../../common/errors.ts';
import { parsePrefix } from '../../common/prefix.ts';
import { type Columns, hasHostBits4 } from './columns.ts';
import type { Findings } from './findings.ts';

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const TAB = 9;
const HASH = 35;
const SEMICOLON = 59;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
/** A line longer than this is no prefix, and is not shown whole. */
const MAX_LINE = 4096;

export class PlainReader {
  readonly #columns: Columns;
  readonly #findings: Findings;
  #rest: Buffer = Buffer.alloc(0);
  #line = 0;

  constructor(columns: Columns, findings: Findings) {
    this.#columns = columns;
    this.#findings = findings;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#read(bytes, start, end);
      start = end + 1;
    }
    const rest = bytes.subarray(start);
    // Without its end it is an error anyway: no need to keep all of it.
    this.#rest = rest.length > MAX_LINE ? rest.subarray(0, MAX_LINE + 1) : rest;
  }

  /** The last line need not end with a newline. */
  end(): void {
    if (this.#rest.length > 0) this.#read(this.#rest, 0, this.#rest.length);
    this.#rest = Buffer.alloc(0);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    this.#line++;
    if (this.#quick(bytes, start, end)) return;
    const word = bytes
      .toString('utf8', start, Math.min(end, start + MAX_LINE))
      .replace(/[#;].*$/s, '')
      .trim();
    if (word === '') return;
    try {
      this.#columns.push(parsePrefix(word), 0, this.#line);
    } catch (error) {
      this.#findings.add(this.#line, messageOf(error));
    }
  }

  /** Reads a canonical IPv4 line; false for everything else, which the strict reader then judges. */
  #quick(bytes: Buffer, start: number, end: number): boolean {
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
    if (at < end && bytes[at] !== HASH && bytes[at] !== SEMICOLON) return false;
    if (hasHostBits4(address, length)) return false;
    this.#columns.push4(address, length, this.#line);
    return true;
  }
}
