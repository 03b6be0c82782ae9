// The process of fleetblock-agent: parses settings, runs one command, and turns every failure into one line and an exit code. Commands
// are loaded when they are used: a service that runs for months needs no code of the others.
import { CommanderError } from 'commander';
import { FleetblockError, messageOf } from '../common/errors.ts';
import { withoutTokens } from '../common/text/token.ts';
import { buildProgram } from './config.ts';

const FAILURE = 1;
const USAGE = 2;

/** Runs process.argv, and sets the exit code. */
export async function main(): Promise<void> {
  try {
    const program = buildProgram({
      join: async (settings) => (await import('./commands/join.ts')).join(settings),
      run: async (settings) => (await import('./commands/run.ts')).run(settings),
      detach: async (settings) => (await import('./commands/detach.ts')).detach(settings),
      status: async (settings) => (await import('./commands/status.ts')).status(settings),
      resync: async (settings) => (await import('./commands/resync.ts')).resync(settings),
      doctor: async (settings) => (await import('./commands/doctor.ts')).doctor(settings),
    });
    for (const command of [program, ...program.commands])
      command.exitOverride().configureOutput({ writeErr: (text) => process.stderr.write(withoutTokens(text)) });
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
    else {
      process.stderr.write(`fleetblock-agent: ${withoutTokens(messageOf(error))}\n`);
      process.exitCode = error instanceof FleetblockError && error.code === 'INVALID_ARGUMENT' ? USAGE : FAILURE;
      if (!(error instanceof FleetblockError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    }
  }
}
