// What ends by itself: claims whose time is over, and changes that nobody confirmed.

import { hasEnded } from '../../common/precedence.ts';
import { claimOf, keyOf } from './claim.ts';
import type { ClaimTx } from './claim-tx.ts';
import { roundedDuration, type Undone } from './confirmation.ts';
import type { Steps } from './steps.ts';
import { TouchedKeys } from './touched-keys.ts';

/** Claims that one call of `endClaims` removes at most, and changes that it undoes. */
const END_BATCH = 1000;
const UNDO_BATCH = 16;

/** A bounded part of what is due at `nowMs`: what was undone, and how many other claims were removed. */
export function* endClaims(tx: ClaimTx, nowMs: number): Steps<{ undone: readonly Undone[]; ended: number }> {
  const undone = yield* undoUnconfirmed(tx, nowMs);
  // Claims that wait end at their deadline too: what is undone must not count as ended.
  return { undone, ended: undone.length < UNDO_BATCH ? yield* removeEnded(tx, nowMs) : 0 };
}

function* removeEnded(tx: ClaimTx, nowMs: number): Steps<number> {
  const ended = yield* tx.ended(nowMs, END_BATCH);
  const touched = new TouchedKeys();
  for (const claim of ended) {
    const key = keyOf(claim);
    tx.delete(key);
    touched.touched(key);
    yield;
  }
  yield* touched.commit(tx, { actor: 'system', reason: 'ended' }, { verb: 'expire' });
  return ended.length;
}

/** What was there before is there again, if it has not ended meanwhile. @returns what was undone, one per change */
function* undoUnconfirmed(tx: ClaimTx, nowMs: number): Steps<Undone[]> {
  const undone: Undone[] = [];
  for (const record of yield* tx.due(nowMs, UNDO_BATCH)) {
    const { state: _state, decidedMs: _decided, ...due } = record;
    const touched = new TouchedKeys();
    const waiting = yield* tx.waitingOf(due.id);
    for (const { former, ...key } of waiting) {
      yield;
      const claim = claimOf(yield* tx.on(key.prefix, key.slot), key);
      // Somebody said since that it is to last longer, or it did before: that stands.
      if (claim && !hasEnded(claim.expiresMs, nowMs)) {
        touched.named(key);
        continue;
      }
      if (former && !hasEnded(former.expiresMs, nowMs)) tx.save(former);
      else if (claim) tx.delete(key);
      touched.touched(key);
    }
    tx.saveConfirmation({ ...record, state: waiting.length > 0 ? 'undone' : 'replaced', decidedMs: nowMs });
    if (waiting.length === 0) continue;
    const within = roundedDuration(due.deadlineMs - due.createdMs);
    const reason = `${due.actor} did not confirm it within ${within}${due.reason === '' ? '' : `: ${due.reason}`}`;
    const revision = yield* touched.commit(tx, { actor: 'system', reason }, { verb: 'undo', head: `${due.id}: ` });
    undone.push({ ...due, claims: waiting, revision });
  }
  return undone;
}
