// Single claims as rows: reading, checking, writing.
import type { SQLInputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { FleetblockError } from '../../../../common/errors.ts';
import { type Family, formatPrefix, type Prefix } from '../../../../common/text/prefix.ts';
import { formatSelector, parseSelector } from '../../../../common/text/selector.ts';
import type { Claim, ClaimAction, ClaimKey } from '../../../claims/claim.ts';
import { COUNTED_BITS } from '../../../claims/guard/width.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';

/** The table's CHECK lets only 4 and 6 in. */
export function familyOf(value: number): Family {
  return value === 6 ? 6 : 4;
}

/** The table's CHECK lets only these two in. */
export function actionOf(value: string): ClaimAction {
  return value === 'allow' ? 'allow' : 'block';
}

/** @throws FleetblockError DATA_LOSS when the row is not what was written. */
export function claimFromRow(row: Row): Claim {
  const claim: Claim = {
    prefix: { family: familyOf(integer(row, 'family')), address: blob(row, 'address'), length: integer(row, 'length') },
    action: actionOf(text(row, 'action')),
    origin: text(row, 'origin'),
    selector: parseSelector(text(row, 'selector')),
    reason: text(row, 'reason'),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    monitor: integer(row, 'monitor') !== 0,
  };
  if (checksum(claim) !== integer(row, 'checksum'))
    throw new FleetblockError(
      'DATA_LOSS',
      `the store is damaged (a claim on ${formatPrefix(claim.prefix)} fails its checksum): restore a backup with fleetblock-controller restore`,
    );
  return claim;
}

/** Over every column, so that a flipped bit is found at the next start and not by whom it blocks. */
function checksum(claim: Claim): number {
  const words = [
    formatPrefix(claim.prefix),
    claim.action,
    claim.origin,
    formatSelector(claim.selector),
    claim.reason,
    claim.actor,
    claim.createdMs,
    claim.expiresMs,
    claim.monitor,
  ];
  return crc32(words.join('\u0000'));
}

/** For `family = ? AND address = ? AND length = ? AND action = ?`, in this order. */
export function keyParameters(prefix: Prefix, action: ClaimAction): SQLInputValue[] {
  return [prefix.family, prefix.address, prefix.length, action];
}

/** Replaces the claim of the same key, and writes its checksum. */
export function saveClaim(db: Connection, claim: Claim): void {
  db.prepare(
    `INSERT INTO claim (family, address, length, action, origin, selector, reason, actor, created_ms, expires_ms, monitor, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET reason = excluded.reason, actor = excluded.actor, created_ms = excluded.created_ms,
       expires_ms = excluded.expires_ms, monitor = excluded.monitor, checksum = excluded.checksum`,
  ).run(
    ...keyParameters(claim.prefix, claim.action),
    claim.origin,
    formatSelector(claim.selector),
    claim.reason,
    claim.actor,
    claim.createdMs,
    claim.expiresMs,
    claim.monitor ? 1 : 0,
    checksum(claim),
  );
}

/** Nothing happens when there is none. What waits to be confirmed of it stays: see dropWaiting. */
export function deleteClaim(db: Connection, claim: ClaimKey): void {
  db.prepare(
    'DELETE FROM claim WHERE family = ? AND address = ? AND length = ? AND action = ? AND origin = ? AND selector = ?',
  ).run(...keyParameters(claim.prefix, claim.action), claim.origin, formatSelector(claim.selector));
}

/** All claims on exactly this prefix and action. */
export function claimsOn(db: Connection, prefix: Prefix, action: ClaimAction): Claim[] {
  return db
    .prepare('SELECT * FROM claim WHERE family = ? AND address = ? AND length = ? AND action = ?')
    .all(...keyParameters(prefix, action))
    .map(claimFromRow);
}

/** The first to end first. */
export function endedClaims(db: Connection, byMs: number, limit: number): Claim[] {
  return db
    .prepare('SELECT * FROM claim WHERE expires_ms > 0 AND expires_ms <= ? ORDER BY expires_ms LIMIT ?')
    .all(byMs, limit)
    .map(claimFromRow);
}

/** As ClaimTx.wideBlocks. The condition on the length is that of the index claim_wide. */
export function wideBlocks(db: Connection, actor: string, family: Family): { length: number; prefixes: number }[] {
  return db
    .prepare(
      `SELECT length, count(DISTINCT address) AS prefixes FROM claim
       WHERE length < iif(family = 6, ${COUNTED_BITS[6]}, ${COUNTED_BITS[4]}) AND family = ${family} AND actor = ? AND action = 'block' AND monitor = 0 GROUP BY length`,
    )
    .all(actor)
    .map((row) => ({ length: integer(row, 'length'), prefixes: integer(row, 'prefixes') }));
}
