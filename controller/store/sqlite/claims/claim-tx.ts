// ClaimTx on SQLite's rows.
import type { ClaimTx } from '../../../claims/claim-tx.ts';
import { ready } from '../../../claims/steps.ts';
import type { Transaction } from '../transaction.ts';
import { claimsOn, deleteClaim, endedClaims, saveClaim, wideBlocks } from './claim-rows.ts';
import * as confirmations from './confirmation-rows.ts';
import { reportedClaims } from './reported-claims.ts';

/** Reads see what the transaction wrote before. */
export function claimTx(tx: Transaction): ClaimTx {
  const { db } = tx;
  return {
    nowMs: tx.nowMs,
    revise: () => tx.revise(),
    head: () => tx.head(),
    touch: (layer, sets, deletes) => tx.touch(layer, sets, deletes),
    audit: (entry, about) => tx.audit(entry, about),
    on: (prefix, slot) => ready(claimsOn(db, prefix, slot)),
    ended: (byMs, limit) => ready(endedClaims(db, byMs, limit)),
    wideBlocks: (actor, family) => ready(wideBlocks(db, actor, family)),
    reported: (origins, own) => ready(reportedClaims(db, origins, own)),
    save: (claim) => saveClaim(db, claim),
    delete: (key) => deleteClaim(db, key),
    confirmation: (id) => ready(confirmations.findConfirmation(db, id)),
    due: (byMs, limit) => ready(confirmations.dueConfirmations(db, byMs, limit)),
    waitingOf: (id) => ready(confirmations.waitingOf(db, id)),
    waitingOn: (key) => ready(confirmations.findWaiting(db, key)),
    saveConfirmation: (record) => confirmations.saveConfirmation(db, record),
    forgetConfirmations: (beforeMs) => confirmations.forgetConfirmations(db, beforeMs),
    saveWaiting: (id, waiting) => confirmations.saveWaiting(db, id, waiting),
    dropWaiting: (key) => confirmations.dropWaiting(db, key),
  };
}
