// fleetblock __complete: what the scripts of `fleetblock completion` ask. Silent on errors.
import type { Command } from 'commander';
import { complete } from '../completion/completion.ts';
import { fleetValues } from '../completion/values.ts';
import type { Cli } from '../environment.ts';
import { printable } from '../output/text.ts';

/** Hidden from --help. `all` makes a program with every command, as the word may be any of them. */
export function register(program: Command, cli: Cli, all: () => Promise<Command>): void {
  const command = program.command('__complete', { hidden: true }).argument('[word...]', 'of the line, after --');
  command.action(async (words: string[]) => {
    const values = (...[kind, options, term]: Parameters<Parameters<typeof complete>[2]>) =>
      fleetValues(cli, kind, options, term);
    for (const { text, description = '' } of await complete(await all(), words, values)) {
      const line = [text, description].filter((part) => part !== '').map(printable);
      cli.stdout.write(`${line.join('\t')}\n`);
    }
  });
}
