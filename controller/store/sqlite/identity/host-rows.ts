// Hosts and enrollment tokens as rows, and their changes inside a transaction.
import { timingSafeEqual } from 'node:crypto';
import { FleetblockError } from '../../../../common/errors.ts';
import type { Attribution } from '../../../claims/attribution.ts';
import type { Enrollment, NewToken } from '../../port/hosts.ts';
import type { HostRecord, TokenRecord } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { bigint, blob, integer, labels, type Row, text } from '../file/rows.ts';
import type { Transaction } from '../transaction.ts';

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

export function readHosts(db: Connection): HostRecord[] {
  return db.prepare('SELECT * FROM host ORDER BY name, created_ms').all().map(hostFromRow);
}

export function readHost(db: Connection, id: string): HostRecord | undefined {
  const row = db.prepare('SELECT * FROM host WHERE id = ?').get(id);
  return row && hostFromRow(row);
}

function liveHost(db: Connection, name: string): HostRecord {
  const row = db.prepare('SELECT * FROM host WHERE name = ? AND revoked_ms = 0').get(name);
  if (!row) throw new FleetblockError('NOT_FOUND', `there is no host ${JSON.stringify(name)}: see fleetblock hosts`);
  return hostFromRow(row);
}

/** In all: as many as a token gives and a host asks for together. */
const MAX_HOST_LABELS = 64;

export function relabelHost(
  tx: Transaction,
  name: string,
  changes: Readonly<Record<string, string | undefined>>,
  by: Attribution,
): HostRecord {
  const host = liveHost(tx.db, name);
  const next: Record<string, string> = { ...host.labels };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete next[key];
    else next[key] = value;
  }
  if (JSON.stringify(sorted(next)) === JSON.stringify(sorted(host.labels))) return host;
  const count = Object.keys(next).length;
  if (count > MAX_HOST_LABELS && count > Object.keys(host.labels).length)
    throw new FleetblockError(
      'INVALID_ARGUMENT',
      `${name} would have ${count} labels, at most ${MAX_HOST_LABELS}: remove some with key-`,
    );
  const changed: HostRecord = { ...host, labels: sorted(next), labelsRevision: tx.revise() };
  tx.db
    .prepare('UPDATE host SET labels = ?, labels_revision = ? WHERE id = ?')
    .run(JSON.stringify(changed.labels), changed.labelsRevision, host.id);
  tx.hostChanged(changed);
  tx.audit({ ...by, verb: 'host.label', subject: `${name}: ${describe(changed.labels)}` });
  return changed;
}

export function revokeHost(tx: Transaction, name: string, by: Attribution): HostRecord {
  const host: HostRecord = { ...liveHost(tx.db, name), revokedMs: tx.nowMs };
  tx.revise();
  tx.db.prepare('UPDATE host SET revoked_ms = ? WHERE id = ?').run(tx.nowMs, host.id);
  tx.hostChanged(host);
  tx.audit({ ...by, verb: 'host.revoke', subject: `${name} (${host.id})` });
  return host;
}

export function enroll(tx: Transaction, enrollment: Enrollment): HostRecord {
  const token = checkToken(tx, enrollment);
  const repeated = enrolledBefore(tx, token, enrollment);
  if (repeated) return repeated;
  useToken(tx, token);
  const host = token.keepIdentity ? enrollAgain(tx, token, enrollment) : enrollNew(tx, token, enrollment);
  if (enrollment.keyHash)
    tx.db
      .prepare('INSERT INTO enrolled_key (token_id, key_hash, host_id) VALUES (?, ?, ?)')
      .run(token.id, enrollment.keyHash, host.id);
  return host;
}

/** The answer was lost: whoever holds the secret and that key gets it once more. Only the same host, of the same name. */
function enrolledBefore(tx: Transaction, token: TokenRecord, { keyHash, hostName }: Enrollment) {
  if (!keyHash) return undefined;
  const row = tx.db
    .prepare('SELECT host_id FROM enrolled_key WHERE token_id = ? AND key_hash = ?')
    .get(token.id, keyHash);
  const host = row && readHost(tx.db, text(row, 'host_id'));
  return host && host.revokedMs === 0 && host.name === hostName ? host : undefined;
}

/** The host that is there, for a machine that lost its certificate or was made anew. */
function enrollAgain(tx: Transaction, token: TokenRecord, enrollment: Enrollment): HostRecord {
  const before = liveHost(tx.db, enrollment.hostName);
  const host: HostRecord = { ...before, identitySinceMs: tx.nowMs, generation: before.generation + 1 };
  tx.revise();
  tx.db
    .prepare('UPDATE host SET identity_since_ms = ?, generation = ? WHERE id = ?')
    .run(host.identitySinceMs, host.generation, host.id);
  // Who holds the token and key of an earlier enrollment is whom this one locks out.
  tx.db.prepare('DELETE FROM enrolled_key WHERE host_id = ?').run(host.id);
  tx.hostChanged(host);
  tx.audit({
    actor: `token/${token.id}`,
    verb: 'enroll.again',
    subject: `${host.name} (${host.id}) from ${enrollment.from}`,
    reason: '',
  });
  return host;
}

function enrollNew(tx: Transaction, token: TokenRecord, enrollment: Enrollment): HostRecord {
  const taken = tx.db.prepare('SELECT 1 FROM host WHERE name = ? AND revoked_ms = 0').get(enrollment.hostName);
  if (taken)
    throw new FleetblockError(
      'ALREADY_EXISTS',
      `there is a host ${JSON.stringify(enrollment.hostName)} already: choose another --name, run fleetblock host revoke ${enrollment.hostName} first, or have a token made that keeps its identity`,
    );
  const host: HostRecord = {
    id: enrollment.hostId,
    name: enrollment.hostName,
    labels: sorted({ ...(token.onlyLabels ? {} : enrollment.labels), ...token.labels }),
    createdMs: tx.nowMs,
    revokedMs: 0,
    identitySinceMs: tx.nowMs,
    generation: 0,
    labelsRevision: tx.revise(),
  };
  tx.db
    .prepare(
      `INSERT INTO host (id, name, labels, created_ms, revoked_ms, identity_since_ms, labels_revision)
       VALUES (?, ?, ?, ?, 0, ?, ?)`,
    )
    .run(host.id, host.name, JSON.stringify(host.labels), host.createdMs, host.identitySinceMs, host.labelsRevision);
  tx.hostChanged(host);
  tx.audit({
    actor: `token/${token.id}`,
    verb: 'enroll',
    subject: `${host.name} (${host.id}) from ${enrollment.from}`,
    reason: '',
  });
  return host;
}

/** One text for every way to fail: who guesses learns nothing. Uses are counted by useToken. */
function checkToken(tx: Transaction, enrollment: Enrollment): TokenRecord {
  const refused = tokenRefused();
  const row = tx.db.prepare('SELECT * FROM token WHERE id = ?').get(enrollment.tokenId);
  if (!row) throw refused;
  const token = tokenFromRow(row);
  const secretHolds =
    token.secretHash.length === enrollment.secretHash.length &&
    timingSafeEqual(token.secretHash, enrollment.secretHash);
  if (!secretHolds || token.revokedMs !== 0 || token.expiresMs <= tx.nowMs) throw refused;
  if (token.hostName !== '' && token.hostName !== enrollment.hostName)
    throw new FleetblockError('PERMISSION_DENIED', 'the token is for a host of another name: see --name');
  return token;
}

function useToken(tx: Transaction, token: TokenRecord): void {
  if (token.uses >= token.maxUses) throw tokenRefused();
  tx.db.prepare('UPDATE token SET uses = uses + 1 WHERE id = ?').run(token.id);
}

function tokenRefused(): FleetblockError {
  return new FleetblockError(
    'UNAUTHENTICATED',
    'the token is unknown, used up, revoked or expired: make a new one with fleetblock token create',
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

export function readTokens(db: Connection): TokenRecord[] {
  return db.prepare('SELECT * FROM token ORDER BY created_ms, id').all().map(tokenFromRow);
}

/** Tokens that ended longer ago are forgotten, milliseconds: the audit remembers them, and what is not known enrolls nobody. */
const TOKEN_KEPT_MS = 30 * 86_400_000;

export function createToken(tx: Transaction, token: NewToken, by: Attribution): TokenRecord {
  const keepIdentity = token.keepIdentity ?? false;
  if (keepIdentity) liveHost(tx.db, token.hostName);
  const onlyLabels = token.onlyLabels ?? false;
  const made = { actor: by.actor, createdMs: tx.nowMs, uses: 0, revokedMs: 0 };
  forgetTokens(tx.db, tx.nowMs - TOKEN_KEPT_MS);
  const record: TokenRecord = { ...token, keepIdentity, onlyLabels, ...made };
  tx.db
    .prepare(
      `INSERT INTO token (id, secret_hash, actor, created_ms, expires_ms, max_uses, uses, labels, host_name, keep_identity, only_labels, revoked_ms)
       VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 0)`,
    )
    .run(
      record.id,
      record.secretHash,
      record.actor,
      record.createdMs,
      record.expiresMs,
      record.maxUses,
      JSON.stringify(record.labels),
      record.hostName,
      keepIdentity ? 1 : 0,
      onlyLabels ? 1 : 0,
    );
  tx.audit({
    ...by,
    verb: 'token.create',
    subject: record.hostName ? `${record.id} for ${record.hostName}` : record.id,
  });
  return record;
}

function forgetTokens(db: Connection, beforeMs: number): void {
  db.prepare('DELETE FROM enrolled_key WHERE token_id IN (SELECT id FROM token WHERE expires_ms < ?)').run(beforeMs);
  db.prepare('DELETE FROM token WHERE expires_ms < ?').run(beforeMs);
}

export function revokeToken(tx: Transaction, id: string, by: Attribution): TokenRecord {
  const row = tx.db.prepare('SELECT * FROM token WHERE id = ?').get(id);
  if (!row)
    throw new FleetblockError('NOT_FOUND', `there is no token ${JSON.stringify(id)}: see fleetblock token list`);
  const token = tokenFromRow(row);
  if (token.revokedMs !== 0) return token;
  tx.db.prepare('UPDATE token SET revoked_ms = ? WHERE id = ?').run(tx.nowMs, id);
  tx.audit({ ...by, verb: 'token.revoke', subject: id });
  return { ...token, revokedMs: tx.nowMs };
}

function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describe(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
