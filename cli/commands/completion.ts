// fleetblock completion: a script for the shell.
import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion/script.ts';
import type { Cli } from '../environment.ts';
import { addExamples } from './options.ts';

/** Needs no credentials; the script that it prints asks for values later. */
export function register(program: Command, cli: Cli): void {
  const command = program
    .command('completion')
    .summary('completion for bash, zsh or fish')
    .description(
      'Prints a script that completes commands, options, and values of the fleet: hosts, labels, lists, tokens, contexts.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS));
  addExamples(
    command,
    'fleetblock completion bash > /etc/bash_completion.d/fleetblock',
    'fleetblock completion zsh > ~/.zfunc/_fleetblock',
    'fleetblock completion fish > ~/.config/fish/completions/fleetblock.fish',
  );
  command.action((shell: Shell) => {
    cli.stdout.write(completionScript(shell));
  });
}
