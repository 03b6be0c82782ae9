// API keys as rows.
import type { ApiKeyRecord } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';

/** What each schema version adds to the tables here: see migrations.ts. */
export const API_KEY_STEPS: Readonly<Record<number, string>> = {
  9: `
-- Keys by which programs call the HTTP API.
CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator')),
  -- The only origin whose claims it may change; empty: any.
  origin TEXT NOT NULL,
  secret_hash BLOB NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  -- 0: no end.
  expires_ms INTEGER NOT NULL,
  -- 0: not revoked.
  revoked_ms INTEGER NOT NULL,
  -- 0: never used.
  used_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};

function apiKeyFromRow(row: Row): ApiKeyRecord {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    role: text(row, 'role') === 'operator' ? 'operator' : 'viewer',
    origin: text(row, 'origin'),
    secretHash: blob(row, 'secret_hash'),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    revokedMs: integer(row, 'revoked_ms'),
    usedMs: integer(row, 'used_ms'),
  };
}

/** By name, the ones that ended too. */
export function readApiKeys(db: Connection): ApiKeyRecord[] {
  return db.prepare('SELECT * FROM api_key ORDER BY name, created_ms').all().map(apiKeyFromRow);
}

/** Replaces the key of the same id. */
export function saveApiKey(db: Connection, key: ApiKeyRecord): void {
  db.save('api_key', 'id', {
    id: key.id,
    name: key.name,
    role: key.role,
    origin: key.origin,
    secret_hash: key.secretHash,
    actor: key.actor,
    created_ms: key.createdMs,
    expires_ms: key.expiresMs,
    revoked_ms: key.revokedMs,
    used_ms: key.usedMs,
  });
}

/** Keys that expired before then. A revoked one stays until it would have ended by itself: a restored backup may know it as good. */
export function forgetApiKeys(db: Connection, beforeMs: number): void {
  db.prepare('DELETE FROM api_key WHERE expires_ms BETWEEN 1 AND ? - 1').run(beforeMs);
}

/** Unix milliseconds by id. */
export function saveApiKeyUses(db: Connection, uses: ReadonlyMap<string, number>): void {
  for (const [id, usedMs] of uses) db.prepare('UPDATE api_key SET used_ms = ? WHERE id = ?').run(usedMs, id);
}
