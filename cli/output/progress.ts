// One line on a terminal's stderr that shows how far a long command is. Logs, pipes and JSON output do not get it.
import type { Cli } from '../environment.ts';
import type { OutputForm } from './format.ts';

const WIDTH = 24;
const REDRAW_MS = 100;

/** Redrawn in place, at most ten times a second; silent when stderr is no terminal or JSON or YAML was asked for. */
export class Progress {
  readonly #cli: Cli;
  readonly #on: boolean;
  #drawnAt = 0;
  #shown = false;

  constructor(cli: Cli, form: OutputForm) {
    this.#cli = cli;
    const forPeople = form === 'table' || form === 'wide';
    this.#on = forPeople && cli.stderr.isTTY === true && cli.env.TERM !== 'dumb';
  }

  /** False: it is not shown. */
  get shows(): boolean {
    return this.#on;
  }

  /** `done` of `total` in the same unit; a total of 0 is not known. */
  show(what: string, done: number, total: number): void {
    const now = this.#cli.now();
    if (!this.#on || (now - this.#drawnAt < REDRAW_MS && done < total)) return;
    this.#drawnAt = now;
    const share = total === 0 ? 0 : Math.min(1, done / total);
    const filled = Math.round(share * WIDTH);
    const bar = total === 0 ? '' : ` [${'='.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %`;
    this.#cli.stderr.write(`\r\u001b[K${what}${bar}`);
    this.#shown = true;
  }

  /** Removes the line. */
  end(): void {
    if (this.#shown) this.#cli.stderr.write('\r\u001b[K');
    this.#shown = false;
  }
}
