// CSV as RFC 4180 has it, with other separators, too: quoted fields may hold separators, quotes and line breaks.

/** A comma; where it is the decimal point a semicolon; a tab (TSV). */
export const SEPARATORS = [',', ';', '\t'] as const;
/** One of SEPARATORS. */
export type Separator = (typeof SEPARATORS)[number];

const FIELD: Readonly<Record<Separator, RegExp>> = {
  ',': /"((?:[^"]+|"")*)("|$)([^,\n]*)|([^,\n]*)/y,
  ';': /"((?:[^"]+|"")*)("|$)([^;\n]*)|([^;\n]*)/y,
  '\t': /"((?:[^"]+|"")*)("|$)([^\t\n]*)|([^\t\n]*)/y,
};

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
  const field = FIELD[separator];
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
      field.lastIndex = at;
      const [whole = '', quoted, closing, after = '', plain = ''] = field.exec(text) ?? [];
      isUnclosed = closing === '';
      at += whole.length;
      line += quoted?.split('\n').length ?? 1;
      line--;
      fields.push(
        quoted === undefined ? plain.replace(/\r$/, '') : quoted.replaceAll('""', '"') + after.replace(/\r$/, ''),
      );
      if (text[at] !== separator) break;
      at++;
    }
    at++;
    line++;
    if (fields.length > 1 || fields[0] !== '') yield { line: start, fields, isUnclosed };
  }
}
