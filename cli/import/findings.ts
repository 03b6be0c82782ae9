// Bad lines of an import: the first few are kept with their numbers, the rest are counted; one is enough to refuse the whole.
import { FleetblockError } from '../../common/errors.ts';

const MAX_SHOWN = 3;

export class Findings {
  readonly #name: string;
  readonly #shown: string[] = [];
  #count = 0;

  /** `name`: what the lines are lines of. */
  constructor(name: string) {
    this.#name = name;
  }

  /** `line`: from 1. */
  add(line: number, message: string): void {
    this.#count++;
    if (this.#shown.length < MAX_SHOWN) this.#shown.push(`${this.#name} line ${line}: ${message}`);
  }

  /** @throws FleetblockError INVALID_ARGUMENT when anything was found. */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#shown.length;
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${this.#shown.join('; ')}${more === 0 ? '' : ` (and ${more} more)`}; nothing was changed`,
    );
  }
}

/**
 * The controller names rows by their numbers in what was sent; the operator knows lines.
 * @returns the error with lines of the file in the rows' places, or the error as it is
 */
export function withLine(error: unknown, name: string, lineOf: (row: number) => number): unknown {
  if (!(error instanceof FleetblockError) || !/^refused: row [0-9]+: /.test(error.message)) return error;
  const text = error.message.replace(
    /(^refused: |; )row ([0-9]+): /g,
    (_, lead: string, row: string) => `${lead}${name} line ${lineOf(Number(row))}: `,
  );
  return new FleetblockError(error.code, text, { cause: error });
}
