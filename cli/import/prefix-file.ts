// The file of `-f FILE|-`: a plain list of a command's arguments. Load it only when there is one.
import { FleetblockError } from '../../common/errors.ts';
import { withoutComment } from '../../common/lists/forms/plain.ts';
import { LineReader } from '../../common/lists/lines.ts';
import { prefixesOf } from '../../common/lists/range.ts';
import { Rows } from '../../common/lists/rows.ts';
import { formatPrefix } from '../../common/text/prefix.ts';
import type { Cli } from '../environment.ts';
import { readInput } from '../input.ts';
import { FileFindings } from './findings.ts';

/** A file larger than this is a list, not a command's argument. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Canonical, in the order of the file.
 * @throws FleetblockError INVALID_ARGUMENT: unreadable, too large, or lines that are malformed, the first of which are named.
 */
export async function readPrefixFile(cli: Cli, file: string): Promise<string[]> {
  const findings = new FileFindings(file === '-' ? 'stdin' : file);
  const prefixes: string[] = [];
  const readLine = (line: string) => {
    prefixes.push(...prefixesOf(withoutComment(line)).map(formatPrefix));
  };
  const reader = new LineReader({ readLine }, new Rows(findings, [], cli.now()));
  let bytes = 0;
  for await (const chunk of readInput(cli, file)) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${file} is over ${MAX_BYTES >> 20} MiB: use fleetblock import for lists of that size`,
      );
    reader.push(chunk);
  }
  reader.end();
  findings.throwIfAny();
  return prefixes;
}
