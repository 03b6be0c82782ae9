// Bytes to lines, for the forms in which each line stands for itself: any line ends, blanks and NULs around a line, a byte order mark,
// lines that are wrapped.
import type { LineForm, Reader } from './form.ts';
import { bad, type Rows } from './rows.ts';

const NEWLINE = 10;
/** What comes after this on a line is not read: it can only be a comment, or make an error that is shown short anyway. */
const MAX_LINE = 4096;

/** Reads the line at [start, end) at once when it can; false leaves it to the form. */
export type Quick = (bytes: Buffer, start: number, end: number, rows: Rows) => boolean;

/** Only the first 4 KiB of a line are read, which bounds memory whatever the file. */
export class LineReader implements Reader {
  readonly #form: Pick<LineForm, 'readLine' | 'isWrapped'>;
  readonly #rows: Rows;
  readonly #quick: Quick | undefined;
  #rest: Buffer = Buffer.alloc(0);
  /** Of a wrapped line: what is read of it so far. */
  #wrapped = '';

  constructor(form: Pick<LineForm, 'readLine' | 'isWrapped'>, rows: Rows, quick?: Quick) {
    this.#form = form;
    this.#rows = rows;
    this.#quick = quick;
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

  /** The last line may lack a newline. */
  end(): void {
    if (this.#rest.length > 0) this.#read(this.#rest, 0, this.#rest.length);
    this.#rest = Buffer.alloc(0);
    const rows = this.#rows;
    if (this.#wrapped !== '')
      rows.at(rows.line, () => {
        throw bad('its last line continues after the end of the file: was it cut short?');
      });
  }

  #read(bytes: Buffer, start: number, end: number): void {
    const rows = this.#rows;
    rows.line++;
    if (this.#quick?.(bytes, start, end, rows)) return;
    rows.at(rows.line, () => {
      const line = bytes.toString('utf8', start, Math.min(end, start + MAX_LINE));
      if (end - start > MAX_LINE && unpadded(line) === '')
        throw bad(`it begins with over ${MAX_LINE} blanks: what comes after them is not read`);
      const text = this.#unwrapped(line);
      if (text !== '') this.#form.readLine(text, rows);
    });
  }

  /** A whole line, joined from its parts; empty: nothing, or not whole yet. */
  #unwrapped(line: string): string {
    if (!this.#form.isWrapped) return significant(line);
    const part = this.#wrapped === '' ? significant(line) : line.trim();
    const text = this.#wrapped + part;
    // An even number of them are backslashes themselves.
    const goesOn = /(?<!\\)(\\\\)*\\$/.test(part);
    this.#wrapped = goesOn ? text.slice(0, -1).slice(0, MAX_LINE) : '';
    return goesOn ? '' : text;
  }
}

/** What a line says: nothing when it is blank or only a comment. */
export function significant(line: string): string {
  const text = unpadded(line);
  return /^([#;]|\/\/)/.test(text) ? '' : text;
}

/** Without blanks, NULs and a byte order mark around it, in linear time. */
function unpadded(line: string): string {
  return (line.includes('\0') ? line.replaceAll('\0', ' ') : line).trim();
}
