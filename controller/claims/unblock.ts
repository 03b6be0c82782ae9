// Removing single claims: one origin's, of exactly the prefixes named. What other origins say stays.
import { formatSelector } from '../../common/text/selector.ts';
import type { ChangeResult, ClaimOutcome, RemoveClaims } from './change.ts';
import { keyOf } from './claim.ts';
import type { ClaimTx } from './claim-tx.ts';
import type { Steps } from './steps.ts';
import { TouchedKeys } from './touched-keys.ts';

/** What waits to be confirmed of a removed claim is dropped with it. @returns REMOVED or NOT_FOUND per prefix, in their order */
export function* removeClaims(tx: ClaimTx, request: RemoveClaims): Steps<ChangeResult> {
  const touched = new TouchedKeys();
  const wanted = request.selector && formatSelector(request.selector);
  const outcomes: ClaimOutcome[] = [];
  for (const prefix of request.prefixes) {
    const own = (yield* tx.on(prefix, request.action)).filter(
      ({ origin, selector }) =>
        origin === request.origin && (wanted === undefined || formatSelector(selector) === wanted),
    );
    for (const claim of own) {
      const key = keyOf(claim);
      tx.delete(key);
      tx.dropWaiting(key);
      touched.touched(key);
    }
    outcomes.push(own.length > 0 ? 'REMOVED' : 'NOT_FOUND');
    yield;
  }
  const verb = request.action === 'allow' ? 'allow.remove' : 'unblock';
  const revision = yield* touched.commit(tx, request, { verb });
  return { revision, outcomes, targets: touched.targets };
}
