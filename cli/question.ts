// A yes or no of the operator, where a person sits at both ends: never asked of scripts.
import type { Cli } from './environment.ts';

/** False for pipes and scripts: the answer is read from stdin and the question goes to stderr. */
export function canAsk(cli: Cli): boolean {
  return cli.stdin.isTTY === true && cli.stderr.isTTY === true;
}

/** Anything but y or yes is no, the end of the input too. */
export async function saysYes(cli: Cli, question: string): Promise<boolean> {
  cli.stderr.write(`${question} [y/N] `);
  let answer = '';
  for await (const chunk of cli.stdin) {
    answer += String(chunk);
    if (answer.includes('\n')) break;
  }
  return /^\s*y(es)?\s*$/i.test(answer.split('\n', 1)[0] ?? '');
}
