// Which single claims a question is about.

import { hasEnded } from '../../common/precedence.ts';
import { covers } from '../../common/text/prefix.ts';
import { selectorMatches } from '../../common/text/selector.ts';
import type { ClaimFilter } from '../store/port/claims.ts';
import type { Claim } from './claim.ts';

/** `nowMs`: Unix milliseconds. */
export function matchesFilter(filter: ClaimFilter, nowMs: number): (claim: Claim) => boolean {
  const { origin, actions, host, covering, within, expired } = filter;
  return (claim) =>
    (expired || !hasEnded(claim.expiresMs, nowMs)) &&
    (origin === undefined || claim.origin === origin) &&
    (actions === undefined || actions.includes(claim.action)) &&
    (host === undefined || selectorMatches(claim.selector, host)) &&
    (covering === undefined || covers(claim.prefix, covering)) &&
    (within === undefined || (claim.prefix.length > within.length && covers(within, claim.prefix)));
}
