// Tokens by which people and programs get their first certificate, as rows.
import { timingSafeEqual } from 'node:crypto';
import { FleetblockError } from '../../../../common/errors.ts';
import type { Attribution } from '../../../claims/attribution.ts';
import type { NewOperatorToken, UseOperatorToken } from '../../port/operators.ts';
import type { OperatorRecord, OperatorTokenRecord } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';
import type { Transaction } from '../transaction.ts';

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

export function readOperatorTokens(db: Connection): OperatorTokenRecord[] {
  return db.prepare('SELECT * FROM operator_token ORDER BY created_ms, id').all().map(fromRow);
}

/**
 * Takes the token for a key. @returns with `chain` when that key has its certificate already: what is asked again is answered again,
 * and nothing is signed anew. One text for every way to fail: who guesses learns nothing.
 */
export function use(tx: Transaction, { id, secretHash, keyHash }: UseOperatorToken): OperatorTokenRecord {
  const row = tx.db.prepare('SELECT * FROM operator_token WHERE id = ?').get(id);
  if (!row) throw refused();
  const usedFor = row.used_for === null ? undefined : blob(row, 'used_for');
  const token = fromRow(row);
  if (
    !equal(blob(row, 'secret_hash'), secretHash) ||
    token.expiresMs <= tx.nowMs ||
    token.revokedMs !== 0 ||
    (usedFor && !equal(usedFor, keyHash)) ||
    !stands(tx, token.serial)
  )
    throw refused();
  tx.db.prepare('UPDATE operator_token SET used_for = ? WHERE id = ?').run(keyHash, id);
  return token;
}

/** One that is not revoked. @throws FleetblockError UNAUTHENTICATED */
export function find(tx: Transaction, id: string): OperatorTokenRecord {
  const [token] = tx.db.prepare('SELECT * FROM operator_token WHERE id = ? AND revoked_ms = 0').all(id).map(fromRow);
  if (!token) throw refused();
  return token;
}

/** @throws FleetblockError NOT_FOUND */
export function revoke(tx: Transaction, id: string, by: Attribution): OperatorTokenRecord {
  const [token] = tx.db.prepare('SELECT * FROM operator_token WHERE id = ?').all(id).map(fromRow);
  if (!token)
    throw new FleetblockError(
      'NOT_FOUND',
      `there is no login token ${JSON.stringify(id)}: see fleetblock operator tokens`,
    );
  return token.revokedMs === 0 ? end(tx, token, by) : token;
}

/** All of a name's that are not revoked, used ones too. */
export function revokeOf(tx: Transaction, name: string, by: Attribution): OperatorTokenRecord[] {
  return endAll(tx, tx.db.prepare('SELECT * FROM operator_token WHERE name = ? AND revoked_ms = 0').all(name), by);
}

/** The one that made this certificate. */
export function revokeOfSerial(tx: Transaction, serial: string, by: Attribution): OperatorTokenRecord[] {
  return endAll(tx, tx.db.prepare('SELECT * FROM operator_token WHERE serial = ? AND revoked_ms = 0').all(serial), by);
}

function endAll(tx: Transaction, rows: readonly Row[], by: Attribution): OperatorTokenRecord[] {
  return rows
    .map(fromRow)
    .filter(({ expiresMs }) => expiresMs > tx.nowMs)
    .map((token) => end(tx, token, by));
}

function end(tx: Transaction, token: OperatorTokenRecord, by: Attribution): OperatorTokenRecord {
  tx.db.prepare('UPDATE operator_token SET revoked_ms = ? WHERE id = ?').run(tx.nowMs, token.id);
  tx.audit({ ...by, verb: 'operator.token.revoke', subject: `${token.id} for ${token.name} (${token.role})` });
  return { ...token, revokedMs: tx.nowMs };
}

/** False when the certificate that was made for a token was revoked: by its serial, or with a store that was restored. */
function stands(tx: Transaction, serial: string): boolean {
  if (serial === '') return true;
  return tx.db.prepare('SELECT 1 FROM operator WHERE serial = ? AND revoked_ms = 0').get(serial) !== undefined;
}

function fromRow(row: Row): OperatorTokenRecord {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    role: roleOf(row),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    ttlMs: integer(row, 'ttl_ms'),
    used: row.used_for !== null,
    serial: text(row, 'serial'),
    chain: text(row, 'chain'),
    revokedMs: integer(row, 'revoked_ms'),
  };
}

function roleOf(row: Row): OperatorRecord['role'] {
  const role = text(row, 'role');
  return role === 'admin' || role === 'operator' ? role : 'viewer';
}

function refused(): FleetblockError {
  return new FleetblockError(
    'UNAUTHENTICATED',
    'the token is unknown, used, revoked or expired: have a new one made with fleetblock operator token',
  );
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
