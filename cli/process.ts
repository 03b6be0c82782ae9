// The process around a run: its streams, its signals, its end.
import type { Cli, TextSink } from './context.ts';
import { run } from './program.ts';

/** Runs process.argv and ends the process with the exit code. */
export async function main(): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort();
      // A second one ends the process at once, as people expect.
    });
  }
  quietEnd(process.stdout);
  quietEnd(process.stderr);
  const cli: Cli = {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    signal: interrupted.signal,
    exitCode: 0,
  };
  const exitCode = await run(process.argv.slice(2), cli);
  // Streams of a process write synchronously to files, terminals and pipes on Linux: nothing is lost by not waiting for the
  // connection to close.
  process.exit(exitCode);
}

/** `fleetblock list | head` is no error: the reader has seen enough. */
function quietEnd(stream: TextSink): void {
  stream.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
