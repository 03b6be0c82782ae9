// A restore takes the list back to an earlier day, but no credential that ended since: revocations and uses of the store before it are
// carried over, and the audit says what was before.
import { appendAudit, lastLink } from '../audit/audit-chain.ts';
import { Connection, readBigint } from '../file/connection.ts';
import { text } from '../file/rows.ts';

/** Names, for people. */
export interface CarriedOver {
  /** Still there in the backup, revoked since. */
  readonly hosts: readonly string[];
  readonly operators: readonly string[];
  readonly apiKeys: readonly string[];
  /** Enrollment and login tokens used or revoked since. */
  readonly tokens: number;
  /** Made after the backup: the restored store does not know them, and refuses them. */
  readonly unknownHosts: readonly string[];
  readonly unknownOperators: readonly string[];
  readonly unknownApiKeys: readonly string[];
}

const NOTHING: CarriedOver = {
  ...{ hosts: [], operators: [], apiKeys: [], tokens: 0 },
  ...{ unknownHosts: [], unknownOperators: [], unknownApiKeys: [] },
};

const REVOKED_SINCE = {
  host: 'FROM former.host AS f WHERE f.id = host.id AND host.revoked_ms = 0 AND f.revoked_ms > 0',
  operator:
    'FROM former.operator AS f WHERE f.serial = operator.serial AND operator.revoked_ms = 0 AND f.revoked_ms > 0',
  api_key: 'FROM former.api_key AS f WHERE f.id = api_key.id AND api_key.revoked_ms = 0 AND f.revoked_ms > 0',
} as const;

/**
 * What a restore of an older backup takes over although that backup does not know it: a later restore, of a backup that does, would
 * make it good again. Both tables have the same columns in the same order: they are of one version.
 */
const ENDED = {
  host: 'revoked_ms > 0',
  operator: 'revoked_ms > 0',
  api_key: 'revoked_ms > 0',
  token: 'revoked_ms > 0 OR uses = max_uses',
  operator_token: 'revoked_ms > 0 OR used_for IS NOT NULL',
} as const;

/** An operator that renewed a certificate which the backup has is no new one. */
const RENEWED = `
  INSERT INTO operator (serial, name, role, since_ms, created_ms, expires_ms, revoked_ms)
  SELECT serial, name, role, since_ms, created_ms, expires_ms, revoked_ms FROM former.operator AS f
  WHERE NOT EXISTS (SELECT 1 FROM operator AS o WHERE o.serial = f.serial)
    AND EXISTS (SELECT 1 FROM operator AS o WHERE o.name = f.name AND o.role = f.role AND o.since_ms = f.since_ms)`;

const ENROLLMENTS = `
  UPDATE host SET generation = max(host.generation, f.generation),
    identity_since_ms = max(host.identity_since_ms, f.identity_since_ms)
  FROM former.host AS f WHERE f.id = host.id`;

/** Copies that were found since, and keys of sessions: one that a copy holds must not count again. */
const NOTES = `
  INSERT OR REPLACE INTO host_note (host_id, session_serial, duplicate, boot_id, network, machine, seen)
  SELECT host_id, session_serial, duplicate, boot_id, network, machine, seen FROM former.host_note
  WHERE host_id IN (SELECT id FROM host)`;

/** What the same key could ask for again, and could not any more. */
const FORGOTTEN_KEYS = `
  DELETE FROM enrolled_key WHERE host_id IN (SELECT id FROM former.host) AND NOT EXISTS (
    SELECT 1 FROM former.enrolled_key AS f WHERE f.token_id = enrolled_key.token_id AND f.key_hash = enrolled_key.key_hash)`;

const TOKENS = `
  UPDATE token SET uses = max(token.uses, min(f.uses, token.max_uses)), revoked_ms = max(token.revoked_ms, f.revoked_ms)
  FROM former.token AS f
  WHERE f.id = token.id AND (f.uses > token.uses OR (f.revoked_ms > 0 AND token.revoked_ms = 0))`;

const LOGIN_TOKENS = `
  UPDATE operator_token SET revoked_ms = max(f.revoked_ms, ?) FROM former.operator_token AS f
  WHERE f.id = operator_token.id AND operator_token.revoked_ms = 0
    AND (f.revoked_ms > 0 OR (f.used_for IS NOT NULL AND operator_token.used_for IS NULL))`;

const UNKNOWN_HOSTS =
  'SELECT name FROM former.host AS f WHERE f.revoked_ms = 0 AND NOT EXISTS (SELECT 1 FROM host AS h WHERE h.id = f.id)';
const UNKNOWN_OPERATORS = `
  SELECT DISTINCT name FROM former.operator AS f
  WHERE f.revoked_ms = 0 AND f.expires_ms > ? AND NOT EXISTS (SELECT 1 FROM operator AS o WHERE o.serial = f.serial)`;

const UNKNOWN_API_KEYS = `
  SELECT name FROM former.api_key AS f
  WHERE f.revoked_ms = 0 AND (f.expires_ms = 0 OR f.expires_ms > ?) AND NOT EXISTS (SELECT 1 FROM api_key AS k WHERE k.id = f.id)`;

/**
 * @param path the store that is restored, of this version
 * @param former a copy of the store before it, of this version; undefined: there was none, or it cannot be read
 * @throws Error of SQLite; nothing was changed then
 */
export function carryOver(
  path: string,
  former: string | undefined,
  restored: { file: string; nowMs: number },
): CarriedOver {
  const db = new Connection(path, false);
  try {
    if (former !== undefined) db.prepare('ATTACH DATABASE ? AS former').run(former);
    db.exec('BEGIN IMMEDIATE');
    const carried = former === undefined ? NOTHING : carry(db, restored.nowMs);
    appendAudit(db, {
      atMs: restored.nowMs,
      actor: 'system',
      verb: 'restore',
      subject: restored.file,
      reason: former === undefined ? 'the store before it could not be read' : describe(former, carried),
      revision: readBigint(db, 'SELECT head AS value FROM meta'),
      from: '',
    });
    db.exec('COMMIT');
    return carried;
  } finally {
    db.close();
  }
}

function carry(db: Connection, nowMs: number): CarriedOver {
  const names = (sql: string, ...parameters: number[]) =>
    db
      .prepare(sql)
      .all(...parameters)
      .map((row) => text(row, 'name'));
  const change = (sql: string, ...parameters: number[]) => Number(db.prepare(sql).run(...parameters).changes);
  const again = (table: keyof typeof REVOKED_SINCE) => {
    const since = REVOKED_SINCE[table];
    const found = names(`SELECT DISTINCT ${table}.name AS name ${since.replace('FROM', `FROM ${table},`)}`);
    change(`UPDATE ${table} SET revoked_ms = f.revoked_ms ${since}`);
    return found;
  };
  const hosts = again('host');
  const operators = again('operator');
  const apiKeys = again('api_key');
  change(RENEWED);
  change(ENROLLMENTS);
  change(NOTES);
  change(FORGOTTEN_KEYS);
  const tokens = change(TOKENS) + change(LOGIN_TOKENS, nowMs);
  for (const [table, ended] of Object.entries(ENDED))
    change(`INSERT OR IGNORE INTO ${table} SELECT * FROM former.${table} WHERE ${ended}`);
  return {
    hosts,
    operators,
    apiKeys,
    tokens,
    unknownHosts: names(UNKNOWN_HOSTS),
    unknownOperators: names(UNKNOWN_OPERATORS, nowMs),
    unknownApiKeys: names(UNKNOWN_API_KEYS, nowMs),
  };
}

/** Where the audit of the store before ended, to be held against what was kept elsewhere; and how much was carried over. */
function describe(former: string, { hosts, operators, apiKeys, tokens }: CarriedOver): string {
  const db = new Connection(former, true);
  try {
    const { sequence, hash } = lastLink(db);
    const revision = readBigint(db, 'SELECT head AS value FROM meta');
    const head = `revision ${revision}, audit record ${sequence}, hash ${Buffer.from(hash).toString('hex')}`;
    return `before: ${head}; revoked again: ${hosts.length} hosts, ${operators.length} operators, ${apiKeys.length} API keys, ${tokens} tokens`;
  } finally {
    db.close();
  }
}
