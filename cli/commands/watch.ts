// fleetblock watch: the fleet as it is now, drawn again and again.
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../context.ts';
import { loadCredentials } from '../credentials.ts';
import { fleetStatus, fleetText } from '../output/fleet.ts';
import type { OutputForm } from '../output/format.ts';
import { hostColumns, hostJson } from '../output/hosts.ts';
import { clearScreen, redraw } from '../output/screen.ts';
import { tableText } from '../output/table.ts';
import { printable } from '../output/text.ts';
import { type OperatorClient, withOperator } from '../services/operator-client.ts';
import { addExamples, addOutput, durationOption } from './options.ts';

interface WatchOptions extends GlobalOptions {
  /** Milliseconds. */
  readonly interval?: number;
  readonly output: OutputForm;
}

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('watch')
    .summary('the fleet as it is now, until Ctrl-C')
    .description('Shows status and hosts again and again until Ctrl-C. JSON is one array of hosts a line.')
    .addOption(durationOption('--interval <time>', 'how often (default: 2s)'));
  addExamples(addOutput(command), 'fleetblock watch', 'fleetblock watch --interval 500ms');
  command.action(async () => {
    const options = command.optsWithGlobals<WatchOptions>();
    const credentials = await loadCredentials(cli, options);
    await withOperator(cli, credentials, async (client) => {
      clearScreen(cli);
      try {
        await redraw(cli, options.interval ?? 2000, () => draw(cli, options.output, client));
      } catch (error) {
        if (!cli.signal.aborted) throw error;
      }
    });
  });
}

async function draw(cli: Cli, form: OutputForm, client: OperatorClient): Promise<string> {
  const reply = await client.listHosts();
  const hosts = reply.hosts.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  if (form === 'json' || form === 'yaml') return JSON.stringify(hosts.map(hostJson));
  const status = fleetStatus(reply);
  const problems = status.problems.map(({ host, text }) => `${host}: ${printable(text)}\n`).join('');
  return `${fleetText(status)}\n${tableText(cli, hostColumns(form, cli.now()), hosts)}${problems === '' ? '' : `\n${problems}`}`;
}
