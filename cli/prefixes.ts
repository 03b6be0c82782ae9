// The prefixes of a command: arguments, and the lines of `-f FILE|-`. All are checked before any connection is made.
import { FleetblockError, messageOf } from '../common/errors.ts';
import { formatPrefix, parsePrefix } from '../common/prefix.ts';
import type { Cli } from './context.ts';

/** A file larger than this is a list, not a command's argument. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Canonical, each once, in the order given.
 * @throws FleetblockError INVALID_ARGUMENT: none given, or one is malformed (the line's number is named); nothing is half-applied.
 */
export async function readPrefixes(cli: Cli, args: readonly string[], file: string | undefined): Promise<string[]> {
  const prefixes = args.map((text) => formatPrefix(parsePrefix(text)));
  if (file !== undefined) prefixes.push(...parseLines(await readText(cli, file), file === '-' ? 'stdin' : file));
  if (prefixes.length === 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      file === undefined
        ? 'which prefixes? name at least one, like 192.0.2.1 or 2001:db8::/32, or give a file with -f FILE (- is stdin)'
        : `${file === '-' ? 'stdin' : file} holds no prefix: write one a line, # starts a comment`,
    );
  return [...new Set(prefixes)];
}

/** One prefix a line; `#` and `;` start comments. */
function parseLines(text: string, name: string): string[] {
  const prefixes: string[] = [];
  const errors: string[] = [];
  text.split('\n').forEach((line, index) => {
    const word = line.replace(/[#;].*$/s, '').trim();
    if (word === '') return;
    try {
      prefixes.push(formatPrefix(parsePrefix(word)));
    } catch (error) {
      errors.push(`${name} line ${index + 1}: ${messageOf(error)}`);
    }
  });
  const [first] = errors;
  if (first === undefined) return prefixes;
  const others = errors.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more bad ${others === 1 ? 'line' : 'lines'})`;
  throw new FleetblockError('INVALID_ARGUMENT', `${first}${more}; nothing was changed`);
}

async function readText(cli: Cli, file: string): Promise<string> {
  const { readInput } = await import('./input.ts');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readInput(cli, file)) {
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES)
      throw new FleetblockError(
        'INVALID_ARGUMENT',
        `${file} is over ${MAX_FILE_BYTES >> 20} MiB: use fleetblock import for lists of that size`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
