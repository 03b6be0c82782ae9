// fleetblock top: the sources that the fleet drops most.
import type { Command } from 'commander';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { type TopSource, topSources } from '../../output/fleet/fleet.ts';
import { redraw } from '../../output/fleet/screen.ts';
import type { OutputForm } from '../../output/format.ts';
import { jsonInteger } from '../../output/json.ts';
import { printRows } from '../../output/rows.ts';
import { type Column, tableText } from '../../output/table.ts';
import { count } from '../../output/text.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput, intervalOption, parseCount } from '../options.ts';

interface TopOptions extends GlobalOptions {
  readonly number: number;
  readonly follow?: boolean;
  /** Milliseconds. */
  readonly interval: number;
  readonly output: OutputForm;
}

/** Sums what hosts report of their own top sources: a source that is small everywhere may be missing. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('top')
    .summary('the sources that the fleet drops most')
    .description(
      'Shows the sources that connected hosts dropped within the last minute, those with the most packets first. Packets count from when a host first dropped the source; hosts sample, so they are estimates.',
    )
    .option('-n, --number <number>', 'show at most this many', parseCount, 20)
    .option('-f, --follow', 'refresh until Ctrl-C')
    .addOption(intervalOption('--interval <time>', 'how often, with --follow'));
  addExamples(addOutput(command), 'fleetblock top', 'fleetblock top -f -n 10');
  command.action(async () => {
    const options = command.optsWithGlobals<TopOptions>();
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      const sources = async () => topSources((await client.listHosts()).hosts, options.number);
      if (!options.follow) {
        await printRows(cli, options.output, await sources(), COLUMNS, sourceJson);
        return;
      }
      const json = options.output === 'json' || options.output === 'yaml';
      await redraw(cli, options.interval, async () =>
        json ? JSON.stringify((await sources()).map(sourceJson)) : tableText(cli, COLUMNS, await sources()),
      );
    });
  });
}

const COLUMNS: readonly Column<TopSource>[] = [
  { title: 'SOURCE', cell: (source) => source.address },
  { title: 'PACKETS', cell: (source) => count(String(source.packets)), align: 'right' },
  { title: 'HOSTS', cell: (source) => source.hosts.join(', '), flexible: true },
];

function sourceJson(source: TopSource): object {
  return { address: source.address, packets: jsonInteger(String(source.packets)), hosts: source.hosts };
}
