// Reads a list for import, whole and checked, before anything is sent.
import { statSync } from 'node:fs';
import { ACTIONS, type Action } from '../../common/action.ts';
import { FleetblockError } from '../../common/errors.ts';
import type { Columns } from '../../common/lists/columns.ts';
import type { BadLine } from '../../common/lists/findings.ts';
import { readRows, type Written } from '../../common/lists/read-rows.ts';
import { bad, Rows } from '../../common/lists/rows.ts';
import { unpacked } from '../../common/lists/unpacked.ts';
import type { Cli } from '../environment.ts';
import { readInput, UnreadableInput } from '../input.ts';
import { plural } from '../output/text.ts';
import { FileFindings } from './findings.ts';

/** How to read a file; `format` and `action` decide what counts as a row. */
export interface ReadOptions extends Written {
  /** Decides which rows of a list with actions are taken. Default `block`. */
  readonly action?: Action;
  /** Says the form of a plain list, too. */
  readonly dryRun?: boolean;
  /** Bad lines that may be left out; default none. */
  readonly skipInvalid?: number;
  /** Gets the bytes read and the file's size (0 when not known). */
  readonly onProgress: (bytes: number, total: number) => void;
}

/** The rows, ready to be sent. */
export interface ReadList {
  readonly columns: Columns;
  readonly form: string;
  /** Lines for people: what the file was taken for, and what of it was left out. */
  readonly notes: readonly string[];
  /** Lines that were left out because they cannot be read; the first 1,000 are named. */
  readonly invalid: { readonly count: number; readonly first: readonly BadLine[] };
}

/** @throws FleetblockError INVALID_ARGUMENT: unreadable, no list, or with bad lines, the first of which are named. */
export async function readList(cli: Cli, file: string, options: ReadOptions): Promise<ReadList> {
  const name = file === '-' ? 'stdin' : file;
  const findings = new FileFindings(name);
  const rows = new Rows(findings, ACTIONS[options.action ?? 'block'].imports, cli.now());
  const form = await named(name, () => readRows(unpacked(counted(cli, file, options)), rows, options));
  const kind = rows.kind === undefined ? form.name : `${form.name} (${rows.kind})`;
  const isGuess = options.format === 'auto' && options.at === undefined && form.name !== 'plain';
  findings.throwIfAny(options.skipInvalid, isGuess ? `; it was read as ${kind}: --format names another form` : '');
  const found = plural(rows.columns.count, 'prefix', 'prefixes');
  return {
    columns: rows.columns,
    form: form.name,
    invalid: { count: findings.count, first: findings.first },
    notes: [
      ...(isGuess || (options.dryRun && options.format === 'auto')
        ? [`read ${name} as ${kind}: ${found}; --format names another form`]
        : []),
      ...[...rows.leftOut].map(([why, many]) => `left out ${plural(many, 'row')}: ${why}`),
      ...findings.report(),
    ],
  };
}

async function* counted(cli: Cli, file: string, { onProgress }: ReadOptions): AsyncGenerator<Buffer> {
  const total = file === '-' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  let bytes = 0;
  for await (const chunk of readInput(cli, file)) {
    bytes += chunk.length;
    onProgress(bytes, total);
    yield chunk;
  }
}

/** What is wrong with the file as a whole is said with its name; what is wrong with a line, or the reading, has it already. */
async function named<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FleetblockError) || error instanceof UnreadableInput) throw error;
    throw bad(`${name}: ${error.message}`);
  }
}
