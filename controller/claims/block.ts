// Adding single claims: what is there is extended and never shortened, a block takes the place of a claim that only monitors, and
// what has to be confirmed ends at its deadline until then.

import { hasEnded, laterEnd, stronger } from '../../common/precedence.ts';
import type { Prefix } from '../../common/text/prefix.ts';
import type { AddClaims, ChangeResult, ClaimOutcome } from './change.ts';
import { type Claim, claimOf } from './claim.ts';
import type { ClaimTx } from './claim-tx.ts';
import { roundedDuration } from './confirmation.ts';
import { assertWidth } from './guard/width.ts';
import type { Steps } from './steps.ts';
import { TouchedKeys } from './touched-keys.ts';

/** How long a decided confirmation is remembered, so that a late caller learns the outcome. Milliseconds. */
const REMEMBERED_MS = 7 * 86_400_000;

/** @throws FleetblockError FAILED_PRECONDITION: all that the actor blocks would be too wide */
export function* addClaims(tx: ClaimTx, request: AddClaims): Steps<ChangeResult> {
  const touched = new TouchedKeys();
  const outcomes: ClaimOutcome[] = [];
  let waits = false;
  for (const prefix of request.prefixes) {
    const claims = yield* tx.on(prefix, request.action);
    const present = claimOf(claims, request);
    const live = present && !hasEnded(present.expiresMs, tx.nowMs) ? present : undefined;
    const claim = wantedClaim(request, prefix, live, tx.nowMs);
    const awaited: Claim | undefined = yield* saveAwaited(tx, request, live, claim, waits);
    waits ||= awaited !== undefined;
    const now = awaited ?? claim;
    if (live && sameStatement(live, now)) {
      if (awaited) touched.named(now);
      outcomes.push('UNCHANGED');
    } else {
      tx.save(now);
      touched.touched(now);
      outcomes.push(live ? 'UPDATED' : 'ADDED');
    }
    yield;
  }
  yield* assertWidth(tx, request);
  const verb = request.action === 'allow' ? 'allow.add' : 'block';
  const revision = yield* touched.commit(tx, request, { verb, tail: conditions(request, waits, tx.nowMs) });
  return { revision, outcomes, targets: [request.selector], unconfirmed: waits };
}

/** What the claim is to become. A weaker request changes nothing of what is said already. */
function wantedClaim(request: AddClaims, prefix: Prefix, live: Claim | undefined, nowMs: number): Claim {
  const { action, origin, selector, actor, monitor, expiresMs } = request;
  const weaker = live !== undefined && !live.monitor && monitor;
  return {
    ...{ prefix, action, origin, selector, actor },
    reason: weaker ? live.reason : request.reason || (live?.reason ?? ''),
    createdMs: live?.createdMs ?? nowMs,
    ...stronger(live && { monitor: live.monitor, expiresMs: live.expiresMs }, { monitor, expiresMs }),
  };
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
  const earlier = live && (yield* tx.waitingOn(claim));
  const former = earlier ? earlier.former : live;
  tx.saveWaiting(id, { ...claim, finalExpiresMs: claim.expiresMs, finalReason: claim.reason, former });
  return until;
}

/**
 * What holds until the deadline: the block with its end there, so that it ends by itself in every kernel. What is there already
 * is never shortened.
 * @returns undefined when there is nothing to wait for: it ends before anyway, or has the effect that is asked for
 */
function provisional(live: Claim | undefined, wanted: Claim, deadlineMs: number): Claim | undefined {
  if (hasEnded(wanted.expiresMs, deadlineMs)) return undefined;
  if (!live || live.monitor !== wanted.monitor) return { ...wanted, expiresMs: deadlineMs };
  if (live.expiresMs === wanted.expiresMs) return undefined;
  const end = laterEnd(live.expiresMs, deadlineMs);
  return end === live.expiresMs ? live : { ...wanted, expiresMs: end };
}

/** Who said it last is no difference: repeating a block must not make a revision. */
function sameStatement(a: Claim, b: Claim): boolean {
  return a.reason === b.reason && a.expiresMs === b.expiresMs && a.monitor === b.monitor;
}

/** For the audit: what is uncommon about the change. */
function conditions({ forced, confirm }: AddClaims, waits: boolean, nowMs: number): string {
  const words = [
    ...(forced ? ['forced'] : []),
    ...(confirm && waits
      ? [`undone unless ${confirm.id} is confirmed within ${roundedDuration(confirm.deadlineMs - nowMs)}`]
      : []),
  ];
  return words.length > 0 ? ` (${words.join('; ')})` : '';
}
