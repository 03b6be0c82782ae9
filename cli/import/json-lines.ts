// Where the decisions of a JSON document stand: JSON.parse does not say, and who is told of a bad one wants to find it.

/** A string, a bracket or a line break: all that the nesting and the counting depend on. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:\n]/g;

interface Level {
  readonly kind: '{' | '[';
  /** The key that was read last. */
  key: string;
  /** In an object: a value is due, not a key. */
  inValue: boolean;
  /** Whether the elements or members may be decisions, going by the place in the document. */
  readonly holds: 'decisions' | 'nothing';
}

/**
 * Lines (from 1) of the decisions in the order of the document: objects at the top, in an array at the top, or in the `decisions` of
 * such an object, which is then none itself. The text must be valid JSON.
 */
export function decisionLines(text: string): number[] {
  const lines: number[] = [];
  const levels: Level[] = [];
  let line = 1;
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    switch (token) {
      case '\n':
        line++;
        break;
      case '{':
      case '[':
        levels.push({ kind: token, key: '', inValue: false, holds: placeOf(token, level, levels, lines, line) });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ':':
        if (!level) break;
        level.inValue = true;
        // The object was noted when it opened: it is no decision but holds some.
        if (holdsDecisions(level)) lines.pop();
        break;
      case ',':
        if (level) level.inValue = false;
        break;
      default:
        if (level?.kind === '{' && !level.inValue) level.key = token.slice(1, -1);
    }
  }
  return lines;
}

/** What opens here may hold decisions, or is one and is noted. */
function placeOf(
  token: '{' | '[',
  parent: Level | undefined,
  levels: readonly Level[],
  lines: number[],
  line: number,
): Level['holds'] {
  if (token === '[') {
    if (!parent) return 'decisions';
    return holdsDecisions(parent) ? 'decisions' : 'nothing';
  }
  const outer = levels.at(-2);
  const isDecision = !parent || (parent.kind === '[' && parent.holds === 'decisions');
  if (!isDecision) return 'nothing';
  lines.push(line);
  // One of the `decisions` of another object has none of its own.
  return outer?.kind === '{' ? 'nothing' : 'decisions';
}

function holdsDecisions({ kind, key, holds }: Level): boolean {
  return kind === '{' && key === 'decisions' && holds === 'decisions';
}
