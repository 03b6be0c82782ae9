// While a change waits for its hosts: how many hold it, on a terminal.
import type { Cli } from '../../environment.ts';
import { pause } from '../../pause.ts';
import type { OutputForm } from '../format.ts';
import { Progress } from '../progress.ts';
import { count } from '../text.ts';

/** How often the controller is asked, milliseconds. */
const ASK_MS = 500;

/** One progress line per change, drawn on stderr; nothing is asked when nobody sees it. */
export class WaitingLine {
  readonly #cli: Cli;
  readonly #progress: Progress;
  #over = false;

  constructor(cli: Cli, form: OutputForm) {
    this.#cli = cli;
    this.#progress = new Progress(cli, form);
  }

  /** Asks and shows until `end`, or until there is no answer any more. */
  async begin(ask: () => Promise<{ readonly enforced: number; readonly targeted: number }>): Promise<void> {
    if (!this.#progress.shows) return;
    while (!this.#over) {
      // The call may be over by now, and says itself what went wrong.
      const standing = await ask().catch(() => undefined);
      if (this.#over || !standing) return;
      this.#progress.show(`${count(standing.enforced)}/${count(standing.targeted)} hosts hold it ...`, 0, 0);
      await pause(this.#cli, ASK_MS);
    }
  }

  end(): void {
    this.#over = true;
    this.#progress.end();
  }
}
