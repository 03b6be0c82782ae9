// Where the readers of all forms put what they find: rows with the line that they stand on, what is bad, and what is left out.

import { FleetblockError, messageOf } from '../errors.ts';
import { checkedTtl } from '../text/duration.ts';
import { parsePrefix } from '../text/prefix.ts';
import { Columns, TooManyRows } from './columns.ts';
import type { Findings } from './findings.ts';
import { prefixesOf, prefixesOfRange } from './range.ts';

/** One per file. Times to live are in milliseconds, and what is thrown inside `at` becomes a finding of that line. */
export class Rows {
  readonly columns = new Columns();
  readonly findings: Findings;
  /** The actions to take (`ban`): rows with another one are left out. */
  readonly takes: readonly string[];
  /** Milliseconds since 1970: what the ends of decisions are reckoned from. */
  readonly nowMs: number;
  /** Why rows were left out, and how many. */
  readonly leftOut = new Map<string, number>();
  /** Which of the kinds of its form the file is. */
  kind: string | undefined;
  /** The list says how many rows it has, and has them. */
  isWhole = false;
  /** From 1: where the reader is. */
  line = 0;

  constructor(findings: Findings, takes: readonly string[], nowMs: number) {
    this.findings = findings;
    this.takes = takes;
    this.nowMs = nowMs;
  }

  /** Nothing was read: no row, no bad one, none to leave out. */
  get isUntouched(): boolean {
    return this.columns.count === 0 && this.findings.count === 0 && this.leftOut.size === 0;
  }

  /** `ttlMs`: 0 for no end. @throws FleetblockError INVALID_ARGUMENT: no prefix. */
  prefix(text: string, ttlMs = 0): void {
    this.columns.push(parsePrefix(text), checkedTtl(ttlMs), this.line);
  }

  /** The fewest prefixes from the first to the last address. @throws FleetblockError INVALID_ARGUMENT: no range. */
  range(first: string, last: string, ttlMs = 0): void {
    for (const prefix of prefixesOfRange(first, last)) this.columns.push(prefix, checkedTtl(ttlMs), this.line);
  }

  /** A prefix, or a range `a-b`. @throws FleetblockError INVALID_ARGUMENT: neither. */
  prefixOrRange(text: string, ttlMs = 0): void {
    for (const prefix of prefixesOf(text)) this.columns.push(prefix, checkedTtl(ttlMs), this.line);
  }

  /** Until a time, in milliseconds since 1970. @throws FleetblockError INVALID_ARGUMENT: no prefix. */
  until(text: string, endsMs: number): void {
    if (endsMs <= this.nowMs) this.leaveOut('ended already');
    else this.prefix(text, endsMs - this.nowMs);
  }

  /** `why` stands behind a colon: `ended already`. */
  leaveOut(why: string): void {
    this.leftOut.set(why, (this.leftOut.get(why) ?? 0) + 1);
  }

  /** Runs a step of a reader; what it throws is a finding of the present line. */
  at(line: number, step: () => void): void {
    this.line = line;
    try {
      step();
    } catch (error) {
      if (!(error instanceof FleetblockError) || error instanceof TooManyRows) throw error;
      this.findings.add(line, messageOf(error));
    }
  }
}

/** INVALID_ARGUMENT: for readers, a finding of the present line; elsewhere, the end of the import. */
export function bad(message: string): FleetblockError {
  return new FleetblockError('INVALID_ARGUMENT', message);
}
