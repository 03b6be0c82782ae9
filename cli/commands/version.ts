// fleetblock version: the version of this command.
import type { Command } from 'commander';
import { VERSION } from '../../common/version.ts';
import type { Cli } from '../environment.ts';
import { addExamples } from './options.ts';

/** For people who type `version`; --version answers without loading a command. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('version')
    .summary('the version')
    .description('Shows the version, as --version does.');
  addExamples(command, 'fleetblock version');
  command.action(() => {
    cli.stdout.write(`${VERSION}\n`);
  });
}
