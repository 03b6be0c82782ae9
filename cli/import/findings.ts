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

  /** `place`: `line 17`, `element 3`. */
  add(place: string, message: string): void {
    this.#count++;
    if (this.#shown.length < MAX_SHOWN) this.#shown.push(`${this.#name} ${place}: ${message}`);
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
