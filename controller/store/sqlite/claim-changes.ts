// Adding, removing and ending single claims, inside a transaction.
import type { Entry } from '../../../common/packed.ts';
import { formatPrefix, type Prefix } from '../../../common/prefix.ts';
import { formatSelector, type Selector } from '../../../common/selector.ts';
import { hasEnded, stronger } from '../effective.ts';
import { type Claim, type ClaimAction, claimsLayer } from '../records.ts';
import type { AddClaims, ChangeResult, ClaimOutcome, RemoveClaims } from '../store.ts';
import { claimFromRow, claimsOn, deleteClaim, layerEffect, layerEntry, saveClaim } from './claim-rows.ts';
import type { Transaction } from './transaction.ts';

export function addClaims(tx: Transaction, request: AddClaims): ChangeResult {
  const touched = new TouchedKeys();
  const outcomes = request.prefixes.map((prefix): ClaimOutcome => {
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
    if (live && sameStatement(live, claim)) return 'UNCHANGED';
    saveClaim(tx.db, claim);
    touched.add(prefix, request.action, request.selector);
    return live ? 'UPDATED' : 'ADDED';
  });
  const revision = commitTouched(tx, touched, request, request.action === 'allow' ? 'allow.add' : 'block');
  return { revision, outcomes, targets: [request.selector] };
}

/** Who said it last is no difference: repeating a block must not make a revision. */
function sameStatement(a: Claim, b: Claim): boolean {
  return a.reason === b.reason && a.expiresMs === b.expiresMs && a.monitor === b.monitor;
}

export function removeClaims(tx: Transaction, request: RemoveClaims): ChangeResult {
  const touched = new TouchedKeys();
  const targets = new Map<string, Selector>();
  const wanted = request.selector && formatSelector(request.selector);
  const outcomes = request.prefixes.map((prefix): ClaimOutcome => {
    const own = claimsOn(tx.db, prefix, request.action).filter(
      (claim) => claim.origin === request.origin && (wanted === undefined || formatSelector(claim.selector) === wanted),
    );
    for (const claim of own) {
      deleteClaim(tx.db, claim);
      touched.add(prefix, claim.action, claim.selector);
      targets.set(formatSelector(claim.selector), claim.selector);
    }
    return own.length > 0 ? 'REMOVED' : 'NOT_FOUND';
  });
  const revision = commitTouched(tx, touched, request, request.action === 'allow' ? 'allow.remove' : 'unblock');
  return { revision, outcomes, targets: [...targets.values()] };
}

/** Removes single claims that have ended, the first to end first. @returns how many. */
export function endClaims(tx: Transaction, nowMs: number, limit: number): number {
  const ended = tx.db
    .prepare('SELECT * FROM claim WHERE expires_ms > 0 AND expires_ms <= ? ORDER BY expires_ms LIMIT ?')
    .all(nowMs, limit)
    .map(claimFromRow);
  const touched = new TouchedKeys();
  for (const claim of ended) {
    deleteClaim(tx.db, claim);
    touched.add(claim.prefix, claim.action, claim.selector);
  }
  if (ended.length > 0) commitTouched(tx, touched, { actor: 'system', reason: 'ended' }, 'expire');
  return ended.length;
}

/** Keys that a change touched, by layer. */
class TouchedKeys {
  readonly selectors = new Map<string, { selector: Selector; keys: { prefix: Prefix; action: ClaimAction }[] }>();
  readonly subjects: string[] = [];

  add(prefix: Prefix, action: ClaimAction, selector: Selector): void {
    const id = formatSelector(selector);
    const group = this.selectors.get(id) ?? { selector, keys: [] };
    group.keys.push({ prefix, action });
    this.selectors.set(id, group);
    this.subjects.push(formatPrefix(prefix));
  }
}

function commitTouched(tx: Transaction, touched: TouchedKeys, by: { actor: string; reason: string }, verb: string) {
  if (touched.selectors.size === 0) return tx.head();
  const revision = tx.revise();
  for (const { selector, keys } of touched.selectors.values()) {
    const sets: Entry[] = [];
    const deletes: Entry[] = [];
    for (const { prefix, action } of keys) {
      const effect = layerEffect(tx.db, prefix, action, selector, tx.nowMs);
      (effect ? sets : deletes).push(layerEntry(prefix, action, effect));
    }
    tx.touchEntries(claimsLayer(selector), sets, deletes);
  }
  const targets = [...touched.selectors.keys()].join(' ');
  tx.audit({ actor: by.actor, verb, subject: `${shorten(touched.subjects)} on ${targets}`, reason: by.reason });
  return revision;
}

const MAX_SUBJECTS = 100;

function shorten(subjects: readonly string[]): string {
  const shown = subjects.slice(0, MAX_SUBJECTS).join(' ');
  return subjects.length > MAX_SUBJECTS ? `${shown} and ${subjects.length - MAX_SUBJECTS} more` : shown;
}
