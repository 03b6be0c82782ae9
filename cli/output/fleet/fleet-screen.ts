// The fleet on one screen: a summary, the hosts that matter most, and how many more there are. No line wraps.
import type { Host__Output } from '../../../proto/gen/fleetblock/v1/Host.ts';
import type { ListHostsReply__Output } from '../../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import type { Cli } from '../../environment.ts';
import { tableText } from '../table.ts';
import { clipped } from '../text.ts';
import { countsText, fleetStatus, fleetText } from './fleet.ts';
import { hostColumns, problemLines } from './hosts.ts';

/** Lines below the table for what is wrong. */
const MAX_PROBLEMS = 4;

/** `hosts`: those of the reply that are wanted, in order. On a terminal cut to its size; elsewhere all of it. */
export function fleetScreen(
  cli: Cli,
  form: 'table' | 'wide',
  reply: ListHostsReply__Output,
  hosts: readonly Host__Output[],
): string {
  const { rows = 24, columns = 80, isTTY } = cli.stdout;
  const head = `${fleetText(fleetStatus(reply))}\n`;
  const table = (shown: readonly Host__Output[]) => tableText(cli, hostColumns(form, cli.now()), shown);
  const problems = problemLines(hosts);
  if (!isTTY) return `${head}${table(hosts)}${problems.length > 0 ? `\n${lines(problems)}` : ''}`;
  const below = problems.slice(0, MAX_PROBLEMS).map((line) => clipped(line, columns));
  // The heading of the table, the line that counts the rest, and the last one, where the cursor stays.
  const room = Math.max(1, rows - head.split('\n').length - 2 - below.length);
  const shown = hosts.slice(0, hosts.length > room ? room - 1 : room);
  const rest = hosts.slice(shown.length);
  return `${head}${table(shown)}${rest.length > 0 ? `+ ${countsText(rest)}\n` : ''}${lines(below)}`;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
