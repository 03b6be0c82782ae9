// Output that is drawn again and again: on a terminal in place, elsewhere one after the other.
import type { Cli } from '../context.ts';

/** Calls `draw` at once and then every `intervalMs`, until the run is interrupted. Its text replaces the one before. */
export async function redraw(cli: Cli, intervalMs: number, draw: () => Promise<string>): Promise<void> {
  const { isTTY } = cli.stdout;
  while (!cli.signal.aborted) {
    const text = await draw();
    // Home, write over what stands there, clear what is left: no flicker.
    cli.stdout.write(isTTY ? `\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[J` : `${text}\n`);
    await pause(cli, intervalMs);
  }
}

/** Prepares the terminal for `redraw`. */
export function clearScreen(cli: Cli): void {
  if (cli.stdout.isTTY) cli.stdout.write('\u001b[2J');
}

function pause(cli: Cli, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    cli.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
