// Adding, removing and ending single claims, inside a transaction.
import type { Prefix } from '../../../../common/text/prefix.ts';
import { formatSelector } from '../../../../common/text/selector.ts';
import type { AddClaims, ChangeResult, ClaimOutcome, RemoveClaims } from '../../../claims/change.ts';
import type { Claim } from '../../../claims/claim.ts';
import { hasEnded, stronger } from '../../../claims/precedence.ts';
import type { Steps, Transaction } from '../transaction.ts';
import { claimFromRow, claimsOn, deleteClaim, saveClaim } from './claim-rows.ts';
import { assertWidth } from './claim-width.ts';
import { dropWaiting, findWaiting, insertConfirmation, roundedDuration, saveWaiting } from './confirmation-rows.ts';
import { provisional } from './confirmations.ts';
import { TouchedKeys } from './touched-keys.ts';

export function* addClaims(tx: Transaction, request: AddClaims): Steps<ChangeResult> {
  const { confirm } = request;
  const touched = new TouchedKeys();
  let waits = false;
  const outcomeOf = (prefix: Prefix): ClaimOutcome => {
    const { live, claim } = wantedClaim(tx, request, prefix);
    if (live && sameStatement(live, claim)) return 'UNCHANGED';
    const held = confirm && provisional(live, claim, confirm.deadlineMs);
    if (confirm && held) {
      if (!waits) insertConfirmation(tx.db, confirm.id, request, tx.nowMs);
      waits = true;
      // What waits already has no say in what is there when all of it is undone.
      const earlier = live && findWaiting(tx.db, claim);
      const former = earlier ? earlier.former : live;
      saveWaiting(tx.db, confirm.id, { ...claim, finalExpiresMs: claim.expiresMs, finalReason: claim.reason, former });
    }
    const now = held || claim;
    if (live && sameStatement(live, now)) {
      touched.named(now);
      return 'UNCHANGED';
    }
    saveClaim(tx.db, now);
    touched.touched(now);
    return live ? 'UPDATED' : 'ADDED';
  };
  const outcomes: ClaimOutcome[] = [];
  for (const prefix of request.prefixes) {
    outcomes.push(outcomeOf(prefix));
    yield;
  }
  assertWidth(tx.db, request);
  const verb = request.action === 'allow' ? 'allow.add' : 'block';
  const revision = yield* touched.commit(tx, byOf(request), { verb, tail: conditions(tx, request, waits) });
  return { revision, outcomes, targets: [request.selector], unconfirmed: waits };
}

/** The claim that is there and lives, and what it is to become. */
function wantedClaim(tx: Transaction, request: AddClaims, prefix: Prefix): { live: Claim | undefined; claim: Claim } {
  const wanted = formatSelector(request.selector);
  const present = claimsOn(tx.db, prefix, request.action).find(
    (claim) => claim.origin === request.origin && formatSelector(claim.selector) === wanted,
  );
  const live = present && !hasEnded(present.expiresMs, tx.nowMs) ? present : undefined;
  const weaker = live !== undefined && !live.monitor && request.monitor;
  const claim: Claim = {
    prefix,
    action: request.action,
    origin: request.origin,
    selector: request.selector,
    // A weaker request changes nothing of what is said already.
    reason: weaker ? live.reason : request.reason || (live?.reason ?? ''),
    actor: request.actor,
    createdMs: live?.createdMs ?? tx.nowMs,
    ...stronger(live && { monitor: live.monitor, expiresMs: live.expiresMs }, {
      monitor: request.monitor,
      expiresMs: request.expiresMs,
    }),
  };
  return { live, claim };
}

/** Who said it last is no difference: repeating a block must not make a revision. */
function sameStatement(a: Claim, b: Claim): boolean {
  return a.reason === b.reason && a.expiresMs === b.expiresMs && a.monitor === b.monitor;
}

/** For the audit: what is uncommon about the change. */
function conditions(tx: Transaction, { forced, confirm }: AddClaims, waits: boolean): string {
  const words = [
    ...(forced ? ['forced'] : []),
    ...(confirm && waits
      ? [`undone unless ${confirm.id} is confirmed within ${roundedDuration(confirm.deadlineMs - tx.nowMs)}`]
      : []),
  ];
  return words.length > 0 ? ` (${words.join('; ')})` : '';
}

export function* removeClaims(tx: Transaction, request: RemoveClaims): Steps<ChangeResult> {
  const touched = new TouchedKeys();
  const wanted = request.selector && formatSelector(request.selector);
  const outcomes: ClaimOutcome[] = [];
  for (const prefix of request.prefixes) {
    const own = claimsOn(tx.db, prefix, request.action).filter(
      (claim) => claim.origin === request.origin && (wanted === undefined || formatSelector(claim.selector) === wanted),
    );
    for (const claim of own) {
      deleteClaim(tx.db, claim);
      dropWaiting(tx.db, claim);
      touched.touched(claim);
    }
    outcomes.push(own.length > 0 ? 'REMOVED' : 'NOT_FOUND');
    yield;
  }
  const verb = request.action === 'allow' ? 'allow.remove' : 'unblock';
  const revision = yield* touched.commit(tx, byOf(request), { verb });
  return { revision, outcomes, targets: touched.targets };
}

/** Removes single claims that have ended, the first to end first. @returns how many. */
export function* endClaims(tx: Transaction, nowMs: number, limit: number): Steps<number> {
  const ended = tx.db
    .prepare('SELECT * FROM claim WHERE expires_ms > 0 AND expires_ms <= ? ORDER BY expires_ms LIMIT ?')
    .all(nowMs, limit);
  const touched = new TouchedKeys();
  for (const row of ended) {
    const claim = claimFromRow(row);
    deleteClaim(tx.db, claim);
    touched.touched(claim);
    yield;
  }
  yield* touched.commit(tx, { actor: 'system', reason: 'ended' }, { verb: 'expire' });
  return ended.length;
}

function byOf({ actor, reason, from }: AddClaims | RemoveClaims) {
  return { actor, reason, ...(from !== undefined && { from }) };
}
