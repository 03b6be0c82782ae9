// What an operator is told of the bad lines of a file: the first few in words, the rest counted. One is enough to refuse the whole, unless
// some may be left out.
import { FleetblockError, refusedText } from '../../common/errors.ts';
import { Findings } from '../../common/lists/findings.ts';
import { count, plural } from '../output/text.ts';

const MAX_SHOWN = 3;
/** Of those that are left out, more are of use: the operator may want to fix them. */
const MAX_REPORTED = 20;

/** The bad lines of one file. */
export class FileFindings extends Findings {
  readonly #name: string;

  /** `name`: what the lines are lines of. */
  constructor(name: string) {
    super();
    this.#name = name;
  }

  /**
   * `allowed`: how many bad lines may be left out. `advice`: follows the lines.
   * @throws FleetblockError INVALID_ARGUMENT when there are more.
   */
  throwIfAny(allowed = 0, advice = ''): void {
    if (this.count <= allowed) return;
    const above = allowed === 0 ? '' : `; that is more than the ${count(allowed)} that may be left out`;
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${this.#texts(MAX_SHOWN).join('; ')}${this.#more(MAX_SHOWN)}${above}; nothing was changed${advice}`,
    );
  }

  /** What was left out, one line each. */
  report(): string[] {
    if (this.count === 0) return [];
    const head = `left out ${plural(this.count, 'bad line', 'bad lines')} of ${this.#name}${this.#more(MAX_REPORTED)}:`;
    return [head, ...this.#texts(MAX_REPORTED).map((each) => `  ${each}`)];
  }

  #texts(most: number): string[] {
    return this.first.slice(0, most).map(({ line, reason }) => `${this.#name} line ${line}: ${reason}`);
  }

  #more(shown: number): string {
    return this.count <= shown ? '' : ` (and ${count(this.count - shown)} more)`;
  }
}

/**
 * The controller names rows by their numbers in what was sent; the operator knows lines.
 * @returns the error with lines of the file in the rows' places, or the error as it is
 */
export function withLine(error: unknown, name: string, lineOf: (row: number) => number): unknown {
  if (!(error instanceof FleetblockError) || !error.details) return error;
  return new FleetblockError(
    error.code,
    refusedText(error.details, (row) => `${name} line ${lineOf(row)}`),
    {
      cause: error,
    },
  );
}
