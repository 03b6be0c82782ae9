// Waiting that Ctrl-C ends.
import type { Cli } from './environment.ts';

/** Ends early when the run is interrupted. */
export function pause(cli: Cli, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      cli.signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    cli.signal.addEventListener('abort', done);
    if (cli.signal.aborted) done();
  });
}
