// Messages for stderr. Everything that the command says goes through here: one line each, without terminal control characters, and
// without tokens.
import { withoutTokens } from '../../common/text/token.ts';
import type { Cli } from '../environment.ts';
import { printable } from './text.ts';

/** Everything except data goes through this: stdout has only data. */
export function say(cli: Cli, line: string): void {
  cli.stderr.write(`${printable(withoutTokens(line))}\n`);
}
