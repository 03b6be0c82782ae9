// The process around a run: its streams, its signals, its end.
import type { Cli } from './environment.ts';
import { run } from './program.ts';
import { flushed, standardOutput } from './standard-output.ts';

/** Runs process.argv and ends the process with the exit code, when all that was written has arrived. */
export async function main(): Promise<void> {
  const interrupted = new AbortController();
  // A second one ends the process at once, as people expect.
  const abort = () => interrupted.abort();
  for (const signal of SIGNALS) process.once(signal, abort);
  const cli: Cli = {
    env: process.env,
    stdin: process.stdin,
    stdout: standardOutput((error) => process.exit(error ? failed(error) : cli.exitCode)),
    // Messages that cannot be written are no reason to fail.
    stderr: process.stderr.on('error', () => {}),
    now: Date.now,
    signal: interrupted.signal,
    exitCode: 0,
  };
  const exitCode = await run(process.argv.slice(2), cli);
  cli.exitCode = exitCode;
  // From here on one signal is enough: the reader may take for ever.
  for (const signal of SIGNALS) process.off(signal, abort);
  await Promise.all([flushed(cli.stdout), flushed(cli.stderr)]);
  // Not by itself: connections and timers may be left.
  process.exit(exitCode);
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function failed(why: string): number {
  process.stderr.write(`fleetblock: cannot write the output: ${why}\n`);
  return 1;
}
