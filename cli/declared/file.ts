// The file of `apply` and `diff`: which claims there should be, in YAML. Read whole and checked before anything is asked of the controller.
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ACTION_NAMES, type Action, slotOf } from '../../common/action.ts';
import { FleetblockError, messageOf } from '../../common/errors.ts';
import { prefixesOf } from '../../common/lists/range.ts';
import { formatPrefix } from '../../common/text/prefix.ts';
import { formatSelector, type Selector } from '../../common/text/selector.ts';
import type { Cli } from '../environment.ts';
import { FileFindings } from '../import/findings.ts';
import { readInput } from '../input.ts';
import { targetOf } from '../targets.ts';

/** A claim that there should be. */
export interface DeclaredClaim {
  /** Canonical. */
  readonly prefix: string;
  readonly action: Action;
  readonly selector: Selector;
  /** Empty: whatever reason it has. */
  readonly reason: string;
}

/** What a file says. */
export interface Declared {
  /** Whose claims these are: no other origin's are touched. */
  readonly origin: string;
  readonly claims: readonly DeclaredClaim[];
}

/** A larger file is a list. */
const MAX_BYTES = 4 * 1024 * 1024;

const GROUP = z
  .strictObject({
    prefixes: z.array(z.string()).min(1).describe('Addresses, prefixes or ranges a-b.'),
    allHosts: z.literal(true).optional().describe('Every host, also those that join later.'),
    hosts: z.array(z.string()).min(1).optional().describe('These hosts, by name.'),
    selector: z.string().optional().describe('Hosts by labels: env=prod,role!=db.'),
    action: z.enum(ACTION_NAMES).default('block').describe('What happens to packets from the prefixes.'),
    reason: z.string().max(1000).default('').describe('Kept with the claims, and in the audit.'),
  })
  .describe('Claims that have all but their prefix in common. Exactly one of allHosts, hosts and selector.');

const FILE = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,56}$/, 'use lower-case letters, digits, dots, hyphens, at most 57')
    .describe('The claims have the origin apply:NAME. One file per name.'),
  claims: z.array(GROUP),
});

/** JSON Schema of the file. */
export function declaredSchema(): object {
  return z.toJSONSchema(FILE, { io: 'input' });
}

/** @throws FleetblockError INVALID_ARGUMENT: unreadable, or what is wrong with it, the first of it by line */
export async function readDeclared(cli: Cli, file: string): Promise<Declared> {
  const name = file === '-' ? 'stdin' : file;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readInput(cli, file)) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      throw invalid(`${name} is over ${MAX_BYTES >> 20} MiB: use fleetblock import for large lists`);
    chunks.push(chunk);
  }
  return parseDeclared(Buffer.concat(chunks).toString('utf8'), name);
}

/** `name`: of the file, for errors. @throws FleetblockError INVALID_ARGUMENT */
export function parseDeclared(text: string, name: string): Declared {
  const findings = new FileFindings(name);
  const lines = new LineCounter();
  const { document, value } = parsed(text, lines, name);
  for (const { pos, message } of document.errors) findings.add(lines.linePos(pos[0]).line, message);
  findings.throwIfAny();
  // An empty file has no line.
  const lineOf = (path: readonly PropertyKey[]) => Math.max(1, lines.linePos(offsetOf(document, path)).line);
  const read = FILE.safeParse(value);
  if (!read.success) {
    for (const { path, message } of read.error.issues)
      findings.add(lineOf(path), `${path.length > 0 ? `${path.map(String).join('.')}: ` : ''}${message}`);
    findings.throwIfAny();
    throw invalid(`${name} is not such a file`);
  }
  const claims: DeclaredClaim[] = [];
  const known = new Map<string, number>();
  for (const [i, { prefixes, action, reason, ...target }] of read.data.claims.entries())
    attempt(findings, lineOf(['claims', i]), () => {
      const selector = selectorOf(target);
      for (const [j, each] of prefixes.entries()) {
        const line = lineOf(['claims', i, 'prefixes', j]);
        attempt(findings, line, () => {
          for (const prefix of prefixesOf(each.trim()).map(formatPrefix)) {
            const key = claimKey(prefix, action, formatSelector(selector));
            const earlier = known.get(key);
            if (earlier !== undefined)
              throw invalid(`${prefix} is on line ${earlier}, too, for the same hosts: leave one`);
            known.set(key, line);
            claims.push({ prefix, action, selector, reason });
          }
        });
      }
    });
  findings.throwIfAny();
  return { origin: `apply:${read.data.name}`, claims };
}

/** What a claim of one origin is unique by. `selector`: canonical text */
export function claimKey(prefix: string, action: Action, selector: string): string {
  return `${prefix} ${slotOf(action)} ${selector}`;
}

function selectorOf({
  allHosts,
  hosts,
  selector,
}: Omit<z.output<typeof GROUP>, 'prefixes' | 'action' | 'reason'>): Selector {
  if ([allHosts, hosts, selector].filter((each) => each !== undefined).length !== 1)
    throw invalid('which hosts? say one of allHosts: true, hosts: [NAME] and selector: env=prod');
  const target = targetOf({
    ...(allHosts && { allHosts }),
    ...(hosts && { host: hosts }),
    ...(selector !== undefined && { selector }),
  });
  if (!target) throw invalid('which hosts? say one of allHosts: true, hosts: [NAME] and selector: env=prod');
  return target;
}

/** @throws FleetblockError INVALID_ARGUMENT: aliases that multiply, or nested without end */
function parsed(text: string, lineCounter: LineCounter, name: string): { document: Document; value: unknown } {
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false });
    return { document, value: document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    throw invalid(`${name}: ${messageOf(error)}`);
  }
}

/** Of the nearest node to the path that is in the file. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function attempt(findings: FileFindings, line: number, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof FleetblockError)) throw error;
    findings.add(line, messageOf(error));
  }
}

function invalid(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
