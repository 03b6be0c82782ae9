// Who makes a change and why, as claims and the audit keep it: made in one place, with one limit on reasons.
import { FleetblockError } from '../../common/errors.ts';

/** Characters. */
const MAX_REASON = 1000;

/** Who does a change and why: kept with it in the same transaction. */
export interface Attribution {
  readonly actor: string;
  readonly reason: string;
  /** Where the call came from, for the audit. */
  readonly from?: string;
}

/** @throws FleetblockError INVALID_ARGUMENT: the reason is too long */
export function attribution({ actor, from }: Omit<Attribution, 'reason'>, reason: string): Attribution {
  if (reason.length > MAX_REASON)
    throw new FleetblockError('INVALID_ARGUMENT', `the reason is longer than ${MAX_REASON} characters`);
  return { actor, reason, ...(from !== undefined && { from }) };
}
