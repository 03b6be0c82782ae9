// fleetblock hosts: the state of every host.
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../context.ts';
import { loadCredentials } from '../credentials.ts';
import { type OutputForm, printValue } from '../output/format.ts';
import { hostColumns, hostJson, problemsOf } from '../output/hosts.ts';
import { say } from '../output/say.ts';
import { Table } from '../output/table.ts';
import { withOperator } from '../services/operator-client.ts';
import { addExamples, addOutput } from './options.ts';

type HostsOptions = GlobalOptions & { readonly output: OutputForm };

export function register(program: Command, cli: Cli): void {
  const command = program
    .command('hosts')
    .summary('every host: state, revision, entries, drops')
    .description(
      'Shows every host: synced (its kernel holds the last revision), lagging, offline or degraded, and what it dropped.',
    );
  addExamples(
    addOutput(command),
    'fleetblock hosts',
    'fleetblock hosts -o json | jq \'.[] | select(.status != "synced")\'',
  );
  command.action(async () => {
    const options = command.optsWithGlobals<HostsOptions>();
    const credentials = await loadCredentials(cli, options);
    const { hosts } = await withOperator(cli, credentials, (client) => client.listHosts());
    const sorted = hosts.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    if (options.output === 'json' || options.output === 'yaml') {
      await printValue(cli, options.output, sorted.map(hostJson));
      return;
    }
    const table = new Table(cli, hostColumns(options.output, cli.now()));
    table.add(sorted);
    table.end();
    if (sorted.length === 0) say(cli, 'no host yet: fleetblock token create, then fleetblock-agent join');
    if (options.output === 'table')
      for (const host of sorted) for (const problem of problemsOf(host)) say(cli, `${host.name}: ${problem}`);
  });
}
