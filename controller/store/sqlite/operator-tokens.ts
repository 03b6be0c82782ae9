// Tokens by which people and programs get their first certificate, as rows.
import { timingSafeEqual } from 'node:crypto';
import { FleetblockError } from '../../../common/errors.ts';
import type { Attribution, OperatorTokenRecord } from '../records.ts';
import type { NewOperatorToken } from '../store.ts';
import { blob, integer, text } from './rows.ts';
import type { Transaction } from './transaction.ts';

export function create(tx: Transaction, token: NewOperatorToken, by: Attribution): void {
  tx.db.prepare('DELETE FROM operator_token WHERE expires_ms <= ?').run(tx.nowMs);
  tx.db
    .prepare(
      `INSERT INTO operator_token (id, secret_hash, actor, created_ms, expires_ms, name, role, ttl_ms, used_for)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)`,
    )
    .run(token.id, token.secretHash, by.actor, tx.nowMs, token.expiresMs, token.name, token.role, token.ttlMs);
  tx.audit({ ...by, verb: 'operator.token', subject: `${token.id} for ${token.name} (${token.role})` });
}

/** One text for every way to fail: who guesses learns nothing. */
export function use(
  tx: Transaction,
  { id, secretHash, keyHash }: { id: string; secretHash: Uint8Array; keyHash: Uint8Array },
): OperatorTokenRecord {
  const refused = new FleetblockError(
    'UNAUTHENTICATED',
    'the token is unknown, used or expired: have a new one made with fleetblock operator token',
  );
  const row = tx.db.prepare('SELECT * FROM operator_token WHERE id = ?').get(id);
  if (!row) throw refused;
  const usedFor = row.used_for === null ? undefined : blob(row, 'used_for');
  if (
    !equal(blob(row, 'secret_hash'), secretHash) ||
    integer(row, 'expires_ms') <= tx.nowMs ||
    (usedFor && !equal(usedFor, keyHash))
  )
    throw refused;
  tx.db.prepare('UPDATE operator_token SET used_for = ? WHERE id = ?').run(keyHash, id);
  const role = text(row, 'role');
  return {
    id,
    name: text(row, 'name'),
    role: role === 'admin' || role === 'operator' ? role : 'viewer',
    expiresMs: integer(row, 'expires_ms'),
    ttlMs: integer(row, 'ttl_ms'),
  };
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
