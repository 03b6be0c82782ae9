// CSV as RFC 4180 has it, with other separators, too: quoted fields may hold separators, quotes and line breaks.

/** A comma; where it is the decimal point a semicolon; a tab (TSV). */
export const SEPARATORS = [',', ';', '\t'] as const;
/** One of SEPARATORS. */
export type Separator = (typeof SEPARATORS)[number];

/** A field without quotes, or what stands behind a closing quote. */
const PLAIN: Readonly<Record<Separator, RegExp>> = { ',': /[^,\n]*/y, ';': /[^;\n]*/y, '\t': /[^\t\n]*/y };

/** One record, which may span lines when a quoted field has line breaks. */
export interface CsvRecord {
  /** Where it starts, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Its last quote is not closed, so that its last field has all that follows. */
  readonly isUnclosed: boolean;
}

/** Blank lines and comments (from # or // at the start of a line) are left out. */
export function* readCsv(text: string, separator: Separator): Generator<CsvRecord> {
  const plain = PLAIN[separator];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '#' || text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end + 1;
      line++;
      continue;
    }
    const start = line;
    const fields: string[] = [];
    let isUnclosed = false;
    for (;;) {
      let quoted = '';
      if (text[at] === '"') {
        const closing = closingQuote(text, at + 1);
        quoted = text.slice(at + 1, closing);
        isUnclosed = closing === text.length;
        at = Math.min(closing + 1, text.length);
        line += quoted.split('\n').length - 1;
      }
      plain.lastIndex = at;
      const [after = ''] = plain.exec(text) ?? [];
      at += after.length;
      fields.push(quoted.replaceAll('""', '"') + after.replace(/\r$/, ''));
      if (text[at] !== separator) break;
      at++;
    }
    at++;
    line++;
    if (fields.length > 1 || fields[0] !== '') yield { line: start, fields, isUnclosed };
  }
}

/** Where a quoted field that begins at `from` ends; the text's length when it does not. No pattern: its stack would end before a long field. */
function closingQuote(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    if (text[at + 1] !== '"') return at;
  }
}
