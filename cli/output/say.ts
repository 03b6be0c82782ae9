// Words for stderr. Everything that the command says goes through here: a line each, without what a terminal would obey, and
// without tokens.
import { withoutTokens } from '../../common/text/token.ts';
import type { Cli } from '../environment.ts';
import { printable } from './text.ts';

/** Everything but data is said by this: stdout has data only. */
export function say(cli: Cli, line: string): void {
  cli.stderr.write(`${printable(withoutTokens(line))}\n`);
}
