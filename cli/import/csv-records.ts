// CSV as RFC 4180 has it: quoted fields may hold commas, quotes and line breaks.

export interface CsvRecord {
  /** Where it starts, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Blank lines and comments (from # at the start of a line) are left out. An unclosed quote takes the rest. */
export function* readCsv(text: string): Generator<CsvRecord> {
  const token = /"((?:[^"]|"")*)(?:"|$)([^,\n]*)|([^,\n]*)/y;
  let line = 1;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end + 1;
      line++;
      continue;
    }
    const start = line;
    const fields: string[] = [];
    for (;;) {
      token.lastIndex = at;
      const [whole = '', quoted, after = '', plain = ''] = token.exec(text) ?? [];
      at += whole.length;
      line += quoted?.split('\n').length ?? 1;
      line--;
      fields.push(
        quoted === undefined ? plain.replace(/\r$/, '') : quoted.replaceAll('""', '"') + after.replace(/\r$/, ''),
      );
      if (text[at] !== ',') break;
      at++;
    }
    at++;
    line++;
    if (fields.length > 1 || fields[0] !== '') yield { line: start, fields };
  }
}
