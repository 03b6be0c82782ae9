// Reads the small part of YAML in which credentials are written: nested mappings of plain words, and `|` blocks. Loading a YAML
// library takes a quarter of a whole call's time; whatever this does not know is left to the library.

/** A mapping of mappings and texts. */
export interface YamlMapping {
  [key: string]: string | YamlMapping;
}

const KEY = /^( *)([A-Za-z][A-Za-z0-9_.-]*):(?: (.*))?$/;
/** Plain words only: nothing that YAML could read as another type, a quote, a tag, a flow or a comment. */
const PLAIN = /^[A-Za-z0-9[](?:[A-Za-z0-9._:[\]@/-]*[A-Za-z0-9\]])?$/;
const OTHER_TYPE = /^(?:[-+]?[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?|0[xo].*|true|false|yes|no|on|off|y|n|null|~)$/i;

/** Undefined: the text is not of the simple form (it may still be valid YAML). */
export function parseSimpleYaml(text: string): YamlMapping | undefined {
  const lines = text.split('\n');
  const root: YamlMapping = {};
  // Open mappings, outermost first, with the indentation of their keys (-1: not seen yet).
  const open: { into: YamlMapping; indent: number }[] = [{ into: root, indent: 0 }];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '' || line.startsWith('#')) continue;
    const [, spaces = '', key = '', value] = KEY.exec(line) ?? [];
    if (key === '' || OTHER_TYPE.test(key)) return undefined;
    const indent = spaces.length;
    let top = open.at(-1);
    if (top?.indent === -1) {
      const outer = open.at(-2)?.indent ?? 0;
      if (indent <= outer) return undefined;
      top.indent = indent;
    }
    while (top && top.indent > indent) {
      open.pop();
      top = open.at(-1);
    }
    if (!top || top.indent !== indent || Object.hasOwn(top.into, key) || key === '__proto__') return undefined;
    if (value === undefined) {
      const inner: YamlMapping = {};
      top.into[key] = inner;
      open.push({ into: inner, indent: -1 });
    } else if (value === '|') {
      const block = readBlock(lines, at + 1, indent);
      if (!block) return undefined;
      top.into[key] = block.text;
      at = block.end - 1;
    } else if (PLAIN.test(value) && !OTHER_TYPE.test(value) && !value.startsWith('[')) top.into[key] = value;
    else return undefined;
  }
  return open.at(-1)?.indent === -1 ? undefined : root;
}

/** The lines indented deeper than their key, clipped to one newline at the end. `end`: the line after it. */
function readBlock(lines: readonly string[], start: number, outer: number): { text: string; end: number } | undefined {
  const indent = /^ */.exec(lines[start] ?? '')?.[0].length ?? 0;
  if (indent <= outer || (lines[start] ?? '').length === indent) return undefined;
  const content: string[] = [];
  let end = start;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? '';
    if (line === '') break;
    if (!line.startsWith(' '.repeat(indent))) break;
    content.push(line.slice(indent));
  }
  // Blank lines inside a block, or text between the indentations: the library knows them better.
  const next = lines.slice(end).find((line) => line !== '');
  if (next !== undefined && /^ */.exec(next)?.[0].length !== undefined && (/^ */.exec(next)?.[0].length ?? 0) > outer)
    return undefined;
  return { text: `${content.join('\n')}\n`, end };
}
