// Bad lines of a list: all are counted, the first are kept with their numbers.

const MAX_KEPT = 1000;

/** A line that cannot be read. */
export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

/** Collects instead of throwing at once, so that one run names every bad line, up to a limit. */
export class Findings {
  readonly #kept: BadLine[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The first 1,000. */
  get first(): readonly BadLine[] {
    return this.#kept;
  }

  /** `line`: from 1. */
  add(line: number, reason: string): void {
    this.#count++;
    if (this.#kept.length < MAX_KEPT) this.#kept.push({ line, reason });
  }
}
