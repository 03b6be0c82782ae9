// fleetblock watch: the fleet as it is now, redrawn until Ctrl-C.
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../../environment.ts';
import type { OutputForm } from '../../output/format.ts';
import { addExamples, addOutput, intervalOption } from '../options.ts';
import { addHostSelection, type HostSelection } from './host-selection.ts';
import { showHosts } from './hosts.ts';

interface WatchOptions extends GlobalOptions, HostSelection {
  /** Milliseconds. */
  readonly interval: number;
  readonly output: OutputForm;
}

/** The same as `hosts --watch`, under a name that people look for. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('watch')
    .summary('the fleet as it is now, until Ctrl-C')
    .description(
      'Shows the fleet on one screen until Ctrl-C: a summary, then the hosts, the worst first, as many as fit. JSON is one array of hosts per line.',
    );
  addHostSelection(command).addOption(intervalOption('--interval <time>', 'how often'));
  addExamples(addOutput(command), 'fleetblock watch', 'fleetblock watch -l env=prod --interval 500ms');
  command.action((names: string[]) =>
    showHosts(cli, names, { ...command.optsWithGlobals<WatchOptions>(), watch: true }),
  );
}
