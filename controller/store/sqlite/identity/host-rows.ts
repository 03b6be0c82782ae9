// Hosts, enrollment tokens and the keys that were enrolled, as rows.
import type { HostRecord, TokenRecord } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { bigint, blob, integer, labels, type Row, text } from '../file/rows.ts';

/** What each schema version adds to the tables here: see migrations.ts. */
export const HOST_STEPS: Readonly<Record<number, string>> = {
  1: `
CREATE TABLE host (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL,
  -- Certificates issued before are refused.
  identity_since_ms INTEGER NOT NULL,
  labels_revision INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX host_name ON host (name) WHERE revoked_ms = 0;

CREATE TABLE token (
  id TEXT PRIMARY KEY,
  secret_hash BLOB NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  uses INTEGER NOT NULL CHECK (uses <= max_uses),
  labels TEXT NOT NULL,
  host_name TEXT NOT NULL,
  keep_identity INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL
) STRICT;
`,
  2: `
-- Which key a token was used for: the same key may ask again when the answer was lost.
CREATE TABLE enrolled_key (
  token_id TEXT NOT NULL,
  -- SHA-256 of the public key.
  key_hash BLOB NOT NULL,
  host_id TEXT NOT NULL,
  PRIMARY KEY (token_id, key_hash)
) STRICT, WITHOUT ROWID;
`,
  4: `
-- Goes up with every enrollment of the same host; certificates carry it, and those of an earlier one are refused.
ALTER TABLE host ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
-- 1: hosts get the token's labels and bring none of their own.
ALTER TABLE token ADD COLUMN only_labels INTEGER NOT NULL DEFAULT 0;
`,
};

function hostFromRow(row: Row): HostRecord {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    labels: labels(row, 'labels'),
    createdMs: integer(row, 'created_ms'),
    revokedMs: integer(row, 'revoked_ms'),
    identitySinceMs: integer(row, 'identity_since_ms'),
    generation: integer(row, 'generation'),
    labelsRevision: bigint(row, 'labels_revision'),
  };
}

/** By name; revoked ones too. */
export function readHosts(db: Connection): HostRecord[] {
  return db.prepare('SELECT * FROM host ORDER BY name, created_ms').all().map(hostFromRow);
}

/** A revoked one too. */
export function readHost(db: Connection, id: string): HostRecord | undefined {
  const row = db.prepare('SELECT * FROM host WHERE id = ?').get(id);
  return row && hostFromRow(row);
}

/** The one of that name that is not revoked. */
export function readLiveHost(db: Connection, name: string): HostRecord | undefined {
  const row = db.prepare('SELECT * FROM host WHERE name = ? AND revoked_ms = 0').get(name);
  return row && hostFromRow(row);
}

/** Replaces the record of the same id. */
export function saveHost(db: Connection, host: HostRecord): void {
  const { id, name, labels, createdMs, revokedMs, identitySinceMs, generation, labelsRevision } = host;
  const times = { created_ms: createdMs, revoked_ms: revokedMs, identity_since_ms: identitySinceMs };
  const revisions = { generation, labels_revision: labelsRevision };
  db.save('host', 'id', { id, name, labels: JSON.stringify(labels), ...times, ...revisions });
}

function tokenFromRow(row: Row): TokenRecord {
  return {
    id: text(row, 'id'),
    secretHash: blob(row, 'secret_hash'),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    expiresMs: integer(row, 'expires_ms'),
    maxUses: integer(row, 'max_uses'),
    uses: integer(row, 'uses'),
    labels: labels(row, 'labels'),
    hostName: text(row, 'host_name'),
    keepIdentity: integer(row, 'keep_identity') !== 0,
    onlyLabels: integer(row, 'only_labels') !== 0,
    revokedMs: integer(row, 'revoked_ms'),
  };
}

/** The oldest first; used up, revoked and ended ones too, until they are forgotten. */
export function readTokens(db: Connection): TokenRecord[] {
  return db.prepare('SELECT * FROM token ORDER BY created_ms, id').all().map(tokenFromRow);
}

/** Whatever has become of it, until it is forgotten. */
export function readToken(db: Connection, id: string): TokenRecord | undefined {
  const row = db.prepare('SELECT * FROM token WHERE id = ?').get(id);
  return row && tokenFromRow(row);
}

/** Replaces the token of the same id. */
export function saveToken(db: Connection, token: TokenRecord): void {
  db.save('token', 'id', {
    id: token.id,
    secret_hash: token.secretHash,
    actor: token.actor,
    created_ms: token.createdMs,
    expires_ms: token.expiresMs,
    max_uses: token.maxUses,
    uses: token.uses,
    labels: JSON.stringify(token.labels),
    host_name: token.hostName,
    keep_identity: token.keepIdentity ? 1 : 0,
    only_labels: token.onlyLabels ? 1 : 0,
    revoked_ms: token.revokedMs,
  });
}

/** Tokens that ended before then (Unix milliseconds), and which keys they enrolled. */
export function forgetTokens(db: Connection, beforeMs: number): void {
  db.prepare('DELETE FROM enrolled_key WHERE token_id IN (SELECT id FROM token WHERE expires_ms < ?)').run(beforeMs);
  db.prepare('DELETE FROM token WHERE expires_ms < ?').run(beforeMs);
}

/** Id of the host that this token enrolled for a key. */
export function readEnrolledHost(db: Connection, tokenId: string, keyHash: Uint8Array): string | undefined {
  const row = db.prepare('SELECT host_id FROM enrolled_key WHERE token_id = ? AND key_hash = ?').get(tokenId, keyHash);
  return row && text(row, 'host_id');
}
