// Exit codes: the contract that scripts rely on (docs/cli.md).
import type { ErrorCode } from '../common/errors.ts';

/** `failure` is for everything that has no code of its own. */
export const EXIT = {
  /** Done and, if waiting, enforced on every targeted host. */
  done: 0,
  failure: 1,
  /** Usage or bad input, also a missing or unusable credentials file. */
  usage: 2,
  /** Accepted, but not enforced on all in time: offline, lagging or refused by a host. */
  partial: 3,
  /** Refused by the controller: role, guard, or credentials that are not accepted. */
  refused: 4,
  unreachable: 5,
} as const;

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: EXIT.usage,
  PERMISSION_DENIED: EXIT.refused,
  UNAUTHENTICATED: EXIT.refused,
  FAILED_PRECONDITION: EXIT.refused,
  UNAVAILABLE: EXIT.unreachable,
};

/** Codes without an exit code of their own end with EXIT.failure. */
export function exitCodeOf(code: ErrorCode): number {
  return BY_CODE[code] ?? EXIT.failure;
}
