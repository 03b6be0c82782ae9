// Why somebody does something, as it goes into the audit: one limit for every call.
import { FleetblockError } from '../../common/errors.ts';

/** Characters. */
const MAX_REASON = 1000;

/** @throws FleetblockError INVALID_ARGUMENT */
export function checkReason(reason: string): string {
  if (reason.length > MAX_REASON)
    throw new FleetblockError('INVALID_ARGUMENT', `the reason is longer than ${MAX_REASON} characters`);
  return reason;
}
