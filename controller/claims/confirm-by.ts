// When a change has to be confirmed, and what its confirmation is called.
import { randomInt } from 'node:crypto';
import { ACTIONS, type Action } from '../../common/action.ts';
import { FleetblockError } from '../../common/errors.ts';
import { formatDuration } from '../../common/text/duration.ts';

/** For what overrides the guard, when nothing else is asked for. */
const FORCED_MS = 60_000;
const LEAST_MS = 1000;
const MOST_MS = 86_400_000;

/** No letter that is read as another or as a digit. */
const LETTERS = '23456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 6;

/** By when a change is to be confirmed. */
export interface ConfirmBy {
  /** Unique. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
}

/** What an answer says of a change that waits. */
export interface Awaited {
  readonly id: string;
  /** Unix milliseconds. */
  readonly deadlineMs: number;
  /** At the time of the answer. */
  readonly remainingMs: number;
}

/** What people type to name a change that is not over yet. */
export function changeId(): string {
  return Array.from({ length: ID_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/**
 * How a block is to be confirmed; undefined: confirmation is not required.
 * @throws FleetblockError INVALID_ARGUMENT
 */
export function confirmBy(
  request: { readonly confirmMs: number; readonly force: boolean; readonly action: Action },
  nowMs: number,
): ConfirmBy | undefined {
  const { confirmMs, force, action } = request;
  const { enforced } = ACTIONS[action];
  if (!enforced && confirmMs > 0)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      'what only counts locks nobody out: leave out --confirm or --monitor',
    );
  const ms = confirmMs || (force && enforced ? FORCED_MS : 0);
  if (ms === 0) return undefined;
  if (ms < LEAST_MS || ms > MOST_MS)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `the time to confirm is from ${formatDuration(LEAST_MS)} to ${formatDuration(MOST_MS)}: say --confirm 60s`,
    );
  return { id: changeId(), deadlineMs: nowMs + ms };
}
