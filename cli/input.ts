// Reads FILE or - (stdin), in pieces.
import { createReadStream } from 'node:fs';
import { FleetblockError, messageOf, systemCode } from '../common/errors.ts';
import type { Cli } from './environment.ts';

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'this user may not read it',
};

/** The file cannot be read: nothing is wrong with what is in it. */
export class UnreadableInput extends FleetblockError {}

/** @throws UnreadableInput INVALID_ARGUMENT */
export async function* readInput(cli: Cli, file: string): AsyncGenerator<Buffer> {
  const stream = file === '-' ? cli.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 });
  try {
    for await (const chunk of stream) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  } catch (error) {
    const why = WHY[systemCode(error) ?? ''] ?? messageOf(error);
    throw new UnreadableInput('INVALID_ARGUMENT', `cannot read ${file}: ${why}`, { cause: error });
  }
}
