// The process of fleetblock-agent: parses settings, runs one command, and turns every failure into one line and an exit code. Commands
// are loaded when they are used: a service that runs for months needs no code of the others.
import { runCommands } from '../common/command-line.ts';
import { buildProgram } from './config.ts';

/** Runs process.argv, and sets the exit code. */
export function main(): Promise<void> {
  return runCommands('fleetblock-agent', () =>
    buildProgram({
      join: async (settings) => (await import('./commands/join.ts')).join(settings),
      run: async (settings) => (await import('./commands/run.ts')).run(settings),
      detach: async (settings) => (await import('./commands/detach.ts')).detach(settings),
      status: async (settings) => (await import('./commands/status.ts')).status(settings),
      health: async (settings) => (await import('./commands/health.ts')).health(settings),
      resync: async (settings) => (await import('./commands/resync.ts')).resync(settings),
      report: async (settings) => (await import('./commands/report.ts')).report(settings),
      doctor: async (settings) => (await import('./commands/doctor.ts')).doctor(settings),
    }),
  );
}
