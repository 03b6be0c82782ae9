// Confirming changes that wait, and undoing those that nobody confirmed, inside a transaction.
import { FleetblockError } from '../../../../common/errors.ts';
import { formatSelector } from '../../../../common/text/selector.ts';
import type { Attribution } from '../../../claims/attribution.ts';
import type { ClaimOutcome } from '../../../claims/change.ts';
import type { Claim, ClaimKey } from '../../../claims/claim.ts';
import type { ConfirmResult, Undone } from '../../../claims/confirm.ts';
import { hasEnded, laterEnd } from '../../../claims/precedence.ts';
import type { Connection } from '../file/connection.ts';
import type { Steps, Transaction } from '../transaction.ts';
import { claimsOn, deleteClaim, saveClaim } from './claim-rows.ts';
import {
  confirmable,
  decide,
  dueConfirmations,
  roundedDuration,
  type Waiting,
  waitingOf,
} from './confirmation-rows.ts';
import { TouchedKeys } from './touched-keys.ts';

/**
 * What holds until the deadline: the block with its end there, so that it ends by itself in every kernel. What is there already
 * is never shortened.
 * @returns undefined when there is nothing to wait for: it ends before anyway, or has the effect that is asked for
 */
export function provisional(live: Claim | undefined, wanted: Claim, deadlineMs: number): Claim | undefined {
  if (hasEnded(wanted.expiresMs, deadlineMs)) return undefined;
  if (!live || live.monitor !== wanted.monitor) return { ...wanted, expiresMs: deadlineMs };
  if (live.expiresMs === wanted.expiresMs) return undefined;
  const end = laterEnd(live.expiresMs, deadlineMs);
  return end === live.expiresMs ? live : { ...wanted, expiresMs: end };
}

export function* confirmChange(
  tx: Transaction,
  id: string,
  { mayForce, ...by }: Attribution & { readonly mayForce: boolean },
): Steps<ConfirmResult> {
  const found = confirmable(tx.db, id, tx.nowMs);
  if (found.forced && !mayForce)
    throw new FleetblockError('PERMISSION_DENIED', 'only an admin may confirm what overrides the guard');
  const touched = new TouchedKeys();
  const waiting = waitingOf(tx.db, id);
  const outcomeOf = ({ finalExpiresMs, finalReason, former: _former, ...key }: Waiting): ClaimOutcome => {
    const claim = claimAt(tx.db, key);
    // Ended by itself a moment ago, by this machine's clock or another's: confirmed is confirmed.
    const base: Claim = claim ?? {
      ...key,
      reason: '',
      actor: found.actor,
      createdMs: tx.nowMs,
      expiresMs: 1,
      monitor: false,
    };
    const expiresMs = laterEnd(base.expiresMs, finalExpiresMs);
    if (claim && claim.expiresMs === expiresMs && claim.reason === finalReason) {
      touched.named(key);
      return 'UNCHANGED';
    }
    saveClaim(tx.db, { ...base, reason: finalReason, expiresMs });
    touched.touched(key);
    return 'UPDATED';
  };
  const outcomes: ClaimOutcome[] = [];
  for (const each of waiting) {
    outcomes.push(outcomeOf(each));
    yield;
  }
  decide(tx.db, id, 'confirmed', tx.nowMs);
  const revision = yield* touched.commit(tx, by, { verb: 'confirm', head: `${id}: ` });
  return { revision, outcomes, prefixes: waiting.map(({ prefix }) => prefix), targets: touched.targets };
}

/** What was there before is there again, if it has not ended meanwhile. @returns what was undone, one a change */
export function* undoUnconfirmed(tx: Transaction, nowMs: number, limit: number): Steps<Undone[]> {
  const undone: Undone[] = [];
  for (const { state: _state, decidedMs: _decided, ...due } of dueConfirmations(tx.db, nowMs, limit)) {
    const touched = new TouchedKeys();
    const waiting = waitingOf(tx.db, due.id);
    for (const { former, ...key } of waiting) {
      yield;
      const claim = claimAt(tx.db, key);
      // Somebody said since that it is to last longer, or it did before: that stands.
      if (claim && !hasEnded(claim.expiresMs, nowMs)) {
        touched.named(key);
        continue;
      }
      const back = former && !hasEnded(former.expiresMs, nowMs);
      if (back) saveClaim(tx.db, former);
      else if (claim) deleteClaim(tx.db, claim);
      touched.touched(key);
    }
    decide(tx.db, due.id, waiting.length > 0 ? 'undone' : 'replaced', nowMs);
    if (waiting.length === 0) continue;
    const within = roundedDuration(due.deadlineMs - due.createdMs);
    const reason = `${due.actor} did not confirm it within ${within}${due.reason === '' ? '' : `: ${due.reason}`}`;
    const revision = yield* touched.commit(tx, { actor: 'system', reason }, { verb: 'undo', head: `${due.id}: ` });
    undone.push({ ...due, claims: waiting, revision });
  }
  return undone;
}

function claimAt(db: Connection, key: ClaimKey): Claim | undefined {
  const selector = formatSelector(key.selector);
  return claimsOn(db, key.prefix, key.action).find(
    (claim) => claim.origin === key.origin && formatSelector(claim.selector) === selector,
  );
}
