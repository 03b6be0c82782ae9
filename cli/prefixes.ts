// The prefixes of a command: arguments, and the lines of `-f FILE|-`. All are checked before any connection is made.
import { FleetblockError } from '../common/errors.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../common/text/prefix.ts';
import type { Cli } from './environment.ts';

/**
 * Canonical, each once, in the order given.
 * @throws FleetblockError INVALID_ARGUMENT: none given, or one is malformed (a file's lines are named by number); nothing is half-applied.
 */
export async function readPrefixes(cli: Cli, args: readonly string[], file: string | undefined): Promise<string[]> {
  const prefixes: string[] = [];
  for (const word of args) prefixes.push(...(await prefixesOfWord(word)));
  if (file !== undefined) prefixes.push(...(await (await import('./import/prefix-file.ts')).readPrefixFile(cli, file)));
  if (prefixes.length === 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      file === undefined
        ? 'which prefixes? name at least one, like 192.0.2.1 or 2001:db8::/32, or give a file with -f FILE (- is stdin)'
        : `${file === '-' ? 'stdin' : file} holds no prefix: write one per line, # starts a comment`,
    );
  return [...new Set(prefixes)];
}

/** One, several separated by commas as hosts may be, or a range (`192.0.2.1-192.0.2.9`). */
async function prefixesOfWord(word: string): Promise<string[]> {
  const prefixes: Prefix[] = [];
  for (const text of word.split(',').filter((part) => part !== ''))
    if (/^[0-9a-fA-F:.]+-/.test(text)) prefixes.push(...(await import('../common/lists/range.ts')).prefixesOf(text));
    else prefixes.push(parsePrefix(text));
  return prefixes.map(formatPrefix);
}
