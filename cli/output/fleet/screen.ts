// Output that is redrawn: on a terminal in place and never longer than it, elsewhere one after the other.
import type { Cli } from '../../environment.ts';
import { pause } from '../../pause.ts';
import { retrying } from '../retrying.ts';
import { drained } from '../rows.ts';

/**
 * Calls `draw` at once and then every `intervalMs`, until the run is interrupted, which is no failure. Its text replaces the one before.
 * A controller that is away for a while is waited for, once it has been there.
 */
export async function redraw(cli: Cli, intervalMs: number, draw: () => Promise<string>): Promise<void> {
  const { isTTY } = cli.stdout;
  if (isTTY) cli.stdout.write('\u001b[2J');
  const drawn = retrying(cli, async function* () {
    while (!cli.signal.aborted) {
      yield await draw();
      await pause(cli, intervalMs);
    }
  });
  for await (const text of drawn) {
    // Home, write over what stands there, clear what is left: no flicker.
    cli.stdout.write(isTTY ? `\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[J` : `${text}\n`);
    await drained(cli);
  }
}
