// Operators' certificates and login tokens as rows.
import type { OperatorRecord, OperatorTokenRecord } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';

/** What each schema version adds to the tables here: see migrations.ts. */
export const OPERATOR_STEPS: Readonly<Record<number, string>> = {
  1: `
CREATE TABLE operator (
  serial TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL
) STRICT;
`,
  2: `
-- Tokens by which people and programs get a certificate for a key of their own.
CREATE TABLE operator_token (
  id TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  -- Life of the certificate, milliseconds.
  ttl_ms INTEGER NOT NULL,
  -- SHA-256 of the public key that it was used for; NULL: not used.
  used_for BLOB
) STRICT, WITHOUT ROWID;
`,
  4: `
-- When an admin or a login token made the certificate that this one was renewed from, Unix milliseconds.
ALTER TABLE operator ADD COLUMN since_ms INTEGER NOT NULL DEFAULT 0;
UPDATE operator SET since_ms = created_ms;
ALTER TABLE operator_token ADD COLUMN revoked_ms INTEGER NOT NULL DEFAULT 0;
-- The certificate that it was used for, PEM with its issuer, and its serial: what the same key gets when it asks again.
ALTER TABLE operator_token ADD COLUMN chain TEXT NOT NULL DEFAULT '';
ALTER TABLE operator_token ADD COLUMN serial TEXT NOT NULL DEFAULT '';
-- Whose certificates are not known here could be answered by new ones only.
DELETE FROM operator_token WHERE used_for IS NOT NULL;
`,
};

function operatorFromRow(row: Row): OperatorRecord {
  return {
    name: text(row, 'name'),
    role: roleOf(row),
    serial: text(row, 'serial'),
    sinceMs: integer(row, 'since_ms'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    revokedMs: integer(row, 'revoked_ms'),
  };
}

/** One per certificate, by name; ended and revoked ones too. */
export function readOperators(db: Connection): OperatorRecord[] {
  return db.prepare('SELECT * FROM operator ORDER BY name, created_ms').all().map(operatorFromRow);
}

/** Replaces the record of the same certificate. */
export function saveOperator(db: Connection, operator: OperatorRecord): void {
  const { serial, name, role, sinceMs, createdMs, expiresMs, revokedMs } = operator;
  const times = { since_ms: sinceMs, created_ms: createdMs, expires_ms: expiresMs, revoked_ms: revokedMs };
  db.save('operator', 'serial', { serial, name, role, ...times });
}

function loginTokenFromRow(row: Row): OperatorTokenRecord {
  return {
    id: text(row, 'id'),
    secretHash: blob(row, 'secret_hash'),
    name: text(row, 'name'),
    role: roleOf(row),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    ttlMs: integer(row, 'ttl_ms'),
    usedFor: row.used_for === null ? undefined : blob(row, 'used_for'),
    serial: text(row, 'serial'),
    chain: text(row, 'chain'),
    revokedMs: integer(row, 'revoked_ms'),
  };
}

/** The oldest first; used and revoked ones too. */
export function readLoginTokens(db: Connection): OperatorTokenRecord[] {
  return db.prepare('SELECT * FROM operator_token ORDER BY created_ms, id').all().map(loginTokenFromRow);
}

/** A used or revoked one too. */
export function readLoginToken(db: Connection, id: string): OperatorTokenRecord | undefined {
  const row = db.prepare('SELECT * FROM operator_token WHERE id = ?').get(id);
  return row && loginTokenFromRow(row);
}

/** Replaces the token of the same id. */
export function saveLoginToken(db: Connection, token: OperatorTokenRecord): void {
  db.save('operator_token', 'id', {
    id: token.id,
    secret_hash: token.secretHash,
    actor: token.actor,
    created_ms: token.createdMs,
    expires_ms: token.expiresMs,
    name: token.name,
    role: token.role,
    ttl_ms: token.ttlMs,
    used_for: token.usedFor ?? null,
    serial: token.serial,
    chain: token.chain,
    revoked_ms: token.revokedMs,
  });
}

function roleOf(row: Row): OperatorRecord['role'] {
  const role = text(row, 'role');
  return role === 'admin' || role === 'operator' ? role : 'viewer';
}
