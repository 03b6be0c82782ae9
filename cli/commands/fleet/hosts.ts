// fleetblock hosts: the state of every host, or of some.
import type { Command } from 'commander';
import type { Host__Output } from '../../../proto/gen/fleetblock/v1/Host.ts';
import type { ListHostsReply__Output } from '../../../proto/gen/fleetblock/v1/ListHostsReply.ts';
import { loadCredentials } from '../../credentials/credentials.ts';
import type { Cli, GlobalOptions } from '../../environment.ts';
import { fleetScreen } from '../../output/fleet/fleet-screen.ts';
import { hostColumns, hostJson, problemLines } from '../../output/fleet/hosts.ts';
import { redraw } from '../../output/fleet/screen.ts';
import { type OutputForm, printValue } from '../../output/format.ts';
import { say } from '../../output/say.ts';
import { Table } from '../../output/table.ts';
import { withOperator } from '../../services/operator-client.ts';
import { addExamples, addOutput, intervalOption } from '../options.ts';
import { addHostSelection, type HostSelection, hostsRequest, selectHosts } from './host-selection.ts';

interface HostsOptions extends GlobalOptions, HostSelection {
  readonly watch?: boolean;
  /** Milliseconds. */
  readonly interval: number;
  readonly output: OutputForm;
}

/** Lines of what is wrong below the table. */
const MAX_PROBLEMS = 20;

/** With --watch it redraws until Ctrl-C. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('hosts')
    .summary('every host: state, revision, entries, drops')
    .description(
      'Shows hosts, the worst first: synced (its kernel holds the last revision), lagging, offline or degraded, and what it dropped.',
    );
  addHostSelection(command)
    .option('-w, --watch', 'refresh until Ctrl-C')
    .addOption(intervalOption('--interval <time>', 'how often, with --watch'));
  addExamples(
    addOutput(command),
    'fleetblock hosts',
    'fleetblock hosts web1 web2',
    'fleetblock hosts --status offline --status degraded -l env=prod',
    'fleetblock hosts -w --sort dropped',
    'fleetblock hosts -o json | jq \'.[] | select(.status != "synced")\'',
  );
  command.action((names: string[]) => showHosts(cli, names, command.optsWithGlobals<HostsOptions>()));
}

/** `hosts` and `watch`. */
export async function showHosts(cli: Cli, names: readonly string[], options: HostsOptions): Promise<void> {
  const { output } = options;
  // A malformed one is reported before anything is asked.
  const request = hostsRequest(names, options);
  const select = ({ hosts }: ListHostsReply__Output, order: 'worst' | 'name') =>
    selectHosts(hosts, names, options, order);
  const credentials = await loadCredentials(cli, options);
  await withOperator(cli, credentials, async (client) => {
    if (options.watch) {
      await redraw(cli, options.interval, async () => {
        const reply = await client.listHosts();
        return output === 'json' || output === 'yaml'
          ? JSON.stringify(select(reply, 'name').map(hostJson))
          : fleetScreen(cli, output, reply, select(reply, 'worst'));
      });
      return;
    }
    const reply = await client.listHosts(request);
    if (output === 'json' || output === 'yaml') await printValue(cli, output, select(reply, 'name').map(hostJson));
    else {
      const filtered = names.length > 0 || options.selector !== undefined || options.status !== undefined;
      printTable(cli, output, select(reply, 'worst'), filtered);
    }
  });
}

function printTable(cli: Cli, form: 'table' | 'wide', hosts: readonly Host__Output[], filtered: boolean): void {
  const table = new Table(cli, hostColumns(form, cli.now()));
  table.add(hosts);
  table.end();
  if (hosts.length === 0)
    say(cli, filtered ? 'no host matches' : 'no host yet: fleetblock token create, then fleetblock-agent join');
  if (form === 'wide') return;
  const problems = problemLines(hosts);
  for (const line of problems.slice(0, MAX_PROBLEMS)) say(cli, line);
  const more = problems.length - MAX_PROBLEMS;
  if (more > 0) say(cli, `and ${more} more: fleetblock hosts -o wide`);
}
