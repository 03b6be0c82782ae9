// Hosts, enrollment tokens and the keys that were enrolled, as rows.
import type { HostRecord, TokenRecord } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { bigint, blob, integer, labels, type Row, text } from '../file/rows.ts';

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

/** A host that is there keeps its name and when it was made. */
export function saveHost(db: Connection, host: HostRecord): void {
  db.prepare(
    `INSERT INTO host (id, name, labels, created_ms, revoked_ms, identity_since_ms, generation, labels_revision)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET labels = excluded.labels, revoked_ms = excluded.revoked_ms,
       identity_since_ms = excluded.identity_since_ms, generation = excluded.generation,
       labels_revision = excluded.labels_revision`,
  ).run(
    host.id,
    host.name,
    JSON.stringify(host.labels),
    host.createdMs,
    host.revokedMs,
    host.identitySinceMs,
    host.generation,
    host.labelsRevision,
  );
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

/** Of a token that is there only `uses` and `revokedMs` change. */
export function saveToken(db: Connection, token: TokenRecord): void {
  db.prepare(
    `INSERT INTO token (id, secret_hash, actor, created_ms, expires_ms, max_uses, uses, labels, host_name, keep_identity, only_labels, revoked_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET uses = excluded.uses, revoked_ms = excluded.revoked_ms`,
  ).run(
    token.id,
    token.secretHash,
    token.actor,
    token.createdMs,
    token.expiresMs,
    token.maxUses,
    token.uses,
    JSON.stringify(token.labels),
    token.hostName,
    token.keepIdentity ? 1 : 0,
    token.onlyLabels ? 1 : 0,
    token.revokedMs,
  );
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
