// fleetblock completion: a script for the shell, made from the commands as they are.
import { Argument, type Command } from 'commander';
import { completionScript, SHELLS } from '../completion-script.ts';
import type { Cli } from '../context.ts';
import { addExamples } from './options.ts';

/** `all` makes the program with all of its commands. */
export function register(program: Command, cli: Cli, all: () => Promise<Command>): void {
  const command = program
    .command('completion')
    .summary('completion for bash, zsh or fish')
    .description('Prints a script that completes commands and options.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS));
  addExamples(
    command,
    'fleetblock completion bash > /etc/bash_completion.d/fleetblock',
    'fleetblock completion zsh > ~/.zfunc/_fleetblock',
    'fleetblock completion fish > ~/.config/fish/completions/fleetblock.fish',
  );
  command.action(async (shell: string) => {
    cli.stdout.write(completionScript(shell, await all()));
  });
}
