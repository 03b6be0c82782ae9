// The commands of a daemon: every failure is one line on stderr and an exit code.
import { type Command, CommanderError } from 'commander';
import { FleetblockError, messageOf } from './errors.ts';
import { withoutTokens } from './text/token.ts';

const FAILURE = 1;
const USAGE = 2;

/** Runs process.argv with what `build` returns, and sets the exit code. `name`: the daemon's. */
export async function runCommands(name: string, build: () => Command): Promise<void> {
  try {
    const program = build();
    for (const command of [program, ...program.commands])
      command.exitOverride().configureOutput({ writeErr: (text) => process.stderr.write(withoutTokens(text)) });
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
    else {
      process.stderr.write(`${name}: ${withoutTokens(messageOf(error))}\n`);
      process.exitCode = error instanceof FleetblockError && error.code === 'INVALID_ARGUMENT' ? USAGE : FAILURE;
      if (!(error instanceof FleetblockError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    }
  }
}
