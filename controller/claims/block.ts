// Adding single claims, or saying more with those that stand; what has to be confirmed ends at its deadline until then.

import { slotOf } from '../../common/action.ts';
import { hasEnded } from '../../common/precedence.ts';
import type { AddClaims, ChangeResult, ClaimOutcome } from './change.ts';
import { type Claim, type ClaimKey, claimOf, keyOf, keyText, provisional, restated, sameStatement } from './claim.ts';
import type { ClaimTx } from './claim-tx.ts';
import { roundedDuration } from './confirmation.ts';
import { assertWidth } from './guard/width.ts';
import type { Steps } from './steps.ts';
import { TouchedKeys } from './touched-keys.ts';

/** How long a decided confirmation is remembered, so that a late caller learns the outcome. Milliseconds. */
const REMEMBERED_MS = 7 * 86_400_000;

/** @throws FleetblockError FAILED_PRECONDITION: all that the actor blocks would be too wide */
export function* addClaims(tx: ClaimTx, request: AddClaims): Steps<ChangeResult> {
  const { origin, selector, actor } = request;
  const slot = slotOf(request.action);
  const touched = new TouchedKeys();
  const outcomes: ClaimOutcome[] = [];
  let waits = false;
  for (const prefix of request.prefixes) {
    const there = yield* tx.on(prefix, slot);
    const live = liveOf(tx, there, request);
    const former = request.inPlaceOf && liveOf(tx, there, { origin, selector: request.inPlaceOf });
    if (request.inPlaceOf && !former) {
      outcomes.push('NOT_FOUND');
      continue;
    }
    const createdMs = live?.createdMs ?? tx.nowMs;
    const claim = { prefix, origin, selector, actor, createdMs, ...restated(live, request) };
    const awaited: Claim | undefined = yield* saveAwaited(tx, request, live, claim, waits);
    waits ||= awaited !== undefined;
    const now = awaited ?? claim;
    if (live && sameStatement(live, now)) {
      if (awaited) touched.named(now);
      outcomes.push('UNCHANGED');
    } else {
      tx.save(now);
      touched.touched(keyOf(now));
      outcomes.push(live ? 'UPDATED' : 'ADDED');
    }
    if (former && keyText(keyOf(former)) !== keyText(keyOf(claim))) {
      tx.delete(keyOf(former));
      tx.dropWaiting(keyOf(former));
      touched.touched(keyOf(former));
    }
    yield;
  }
  yield* assertWidth(tx, request);
  const verb = slot === 'allow' ? 'allow.add' : 'block';
  const revision = yield* touched.commit(tx, request, { verb, tail: conditions(request, waits, tx.nowMs) });
  return { revision, outcomes, targets: [selector], unconfirmed: waits };
}

function liveOf(tx: ClaimTx, there: readonly Claim[], of: Pick<ClaimKey, 'origin' | 'selector'>): Claim | undefined {
  const present = claimOf(there, of);
  return present && !hasEnded(present.expiresMs, tx.nowMs) ? present : undefined;
}

/** Notes what waits for a confirmation. @returns the claim that holds until then; undefined: nothing has to be confirmed */
function* saveAwaited(
  tx: ClaimTx,
  request: AddClaims,
  live: Claim | undefined,
  claim: Claim,
  noted: boolean,
): Steps<Claim | undefined> {
  const { confirm, actor, reason, forced = false } = request;
  if (!confirm || (live && sameStatement(live, claim))) return undefined;
  const until = provisional(live, claim, confirm.deadlineMs);
  if (!until) return undefined;
  const { id, deadlineMs } = confirm;
  if (!noted) {
    tx.forgetConfirmations(tx.nowMs - REMEMBERED_MS);
    tx.saveConfirmation({ id, actor, reason, createdMs: tx.nowMs, deadlineMs, forced, state: 'waiting', decidedMs: 0 });
  }
  // What waits already has no say in what is there when all of it is undone.
  const earlier = live && (yield* tx.waitingOn(keyOf(claim)));
  const former = earlier ? earlier.former : live;
  tx.saveWaiting(id, { ...keyOf(claim), final: claim, former });
  return until;
}

/** For the audit: what is uncommon about the change. */
function conditions({ forced, confirm, partOf }: AddClaims, waits: boolean, nowMs: number): string {
  const words = [
    ...(partOf === undefined ? [] : [partOf]),
    ...(forced ? ['forced'] : []),
    ...(confirm && waits
      ? [`undone unless ${confirm.id} is confirmed within ${roundedDuration(confirm.deadlineMs - nowMs)}`]
      : []),
  ];
  return words.length > 0 ? ` (${words.join('; ')})` : '';
}
