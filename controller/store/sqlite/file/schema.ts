// The tables of the embedded store. STRICT, so that a wrong type is an error at the write and not a surprise at the read.

/** Goes up with every change of the tables; an older store is migrated, a newer one refused. */
export const SCHEMA_VERSION = 7;

/** Version 1, and the column audit.source of version 2. A new store is made of this and all that follows. */
export const SCHEMA = `
CREATE TABLE meta (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  -- History reaches back to this revision: a host that holds an older one gets a snapshot.
  history_floor INTEGER NOT NULL,
  -- 1 after a clean close: then there is no WAL to miss.
  clean INTEGER NOT NULL
) STRICT;

-- Single claims. Lists are in list and list_chunk.
CREATE TABLE claim (
  family INTEGER NOT NULL CHECK (family IN (4, 6)),
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('block', 'allow')),
  origin TEXT NOT NULL,
  selector TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  -- 0: no end.
  expires_ms INTEGER NOT NULL,
  monitor INTEGER NOT NULL,
  -- CRC-32 over all the others.
  checksum INTEGER NOT NULL,
  PRIMARY KEY (family, address, length, action, origin, selector)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_expiry ON claim (expires_ms) WHERE expires_ms > 0;
CREATE INDEX claim_origin ON claim (origin);

CREATE TABLE list (
  name TEXT PRIMARY KEY,
  action TEXT NOT NULL,
  selector TEXT NOT NULL,
  monitor INTEGER NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  -- Rows are spread over this many chunks (a power of two) by the hash of their prefix.
  buckets INTEGER NOT NULL
) STRICT;

CREATE TABLE list_chunk (
  name TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
  bucket INTEGER NOT NULL,
  -- columns-blob.ts; times are Unix milliseconds of the end.
  rows BLOB NOT NULL,
  -- Of the row that ends first; 0: none ends.
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (name, bucket)
) STRICT;
CREATE INDEX list_chunk_expiry ON list_chunk (expires_ms) WHERE expires_ms > 0;

-- Every layer that ever had rows, and the last revision that touched it.
CREATE TABLE layer (
  id TEXT PRIMARY KEY,
  selector TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which rows of which layer a revision touched; their values are read from the present state.
CREATE TABLE touched (
  revision INTEGER NOT NULL,
  layer TEXT NOT NULL,
  rows INTEGER NOT NULL,
  -- columns-blob.ts without times; NULL: too many to keep, hosts behind it get a snapshot.
  keys BLOB,
  PRIMARY KEY (revision, layer)
) STRICT;

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

CREATE TABLE operator (
  serial TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- Over this record and the hash before: audit-chain.ts.
  hash BLOB NOT NULL,
  -- Where the call came from; empty: from nowhere else.
  source TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_time ON audit (at_ms);
`;

/** What version 2 adds: migrations.ts brings it to a store of version 1. */
export const SCHEMA_2 = `
-- Changes that are undone unless somebody confirms them.
CREATE TABLE confirmation (
  id TEXT PRIMARY KEY,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  deadline_ms INTEGER NOT NULL,
  -- 1: it overrode the guard, so that an admin must confirm it.
  forced INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'undone', 'replaced')),
  decided_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmation_deadline ON confirmation (deadline_ms) WHERE state = 'waiting';

-- The claims that such a change is about. A claim waits for one change at most: the last.
CREATE TABLE confirmation_claim (
  id TEXT NOT NULL REFERENCES confirmation (id) ON DELETE CASCADE,
  family INTEGER NOT NULL,
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  action TEXT NOT NULL,
  origin TEXT NOT NULL,
  selector TEXT NOT NULL,
  -- Its end once confirmed; 0: no end.
  final_expires_ms INTEGER NOT NULL,
  final_reason TEXT NOT NULL,
  -- JSON of the claim that was there before; empty: none was.
  former TEXT NOT NULL,
  PRIMARY KEY (family, address, length, action, origin, selector)
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmation_claim_id ON confirmation_claim (id);

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

-- Which key a token was used for: the same key may ask again when the answer was lost.
CREATE TABLE enrolled_key (
  token_id TEXT NOT NULL,
  -- SHA-256 of the public key.
  key_hash BLOB NOT NULL,
  host_id TEXT NOT NULL,
  PRIMARY KEY (token_id, key_hash)
) STRICT, WITHOUT ROWID;
`;

/** What version 4 adds: credentials that ended stay ended. */
export const SCHEMA_4 = `
-- Goes up with every enrollment of the same host; certificates carry it, and those of an earlier one are refused.
ALTER TABLE host ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
-- 1: hosts get the token's labels and bring none of their own.
ALTER TABLE token ADD COLUMN only_labels INTEGER NOT NULL DEFAULT 0;
-- When an admin or a login token made the certificate that this one was renewed from, Unix milliseconds.
ALTER TABLE operator ADD COLUMN since_ms INTEGER NOT NULL DEFAULT 0;
UPDATE operator SET since_ms = created_ms;
ALTER TABLE operator_token ADD COLUMN revoked_ms INTEGER NOT NULL DEFAULT 0;
-- The certificate that it was used for, PEM with its issuer, and its serial: what the same key gets when it asks again.
ALTER TABLE operator_token ADD COLUMN chain TEXT NOT NULL DEFAULT '';
ALTER TABLE operator_token ADD COLUMN serial TEXT NOT NULL DEFAULT '';
-- Whose certificates are not known here could be answered by new ones only.
DELETE FROM operator_token WHERE used_for IS NOT NULL;
`;

/** What version 5 adds. */
export const SCHEMA_5 = `
-- What a list leaves out, whatever its file says.
CREATE TABLE list_exception (
  name TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
  family INTEGER NOT NULL CHECK (family IN (4, 6)),
  address BLOB NOT NULL,
  length INTEGER NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (name, family, address, length)
) STRICT, WITHOUT ROWID;

-- Rows of the file that meet an exception, whole: they are in no chunk, and hosts hold what is left of them.
CREATE TABLE list_withheld (
  name TEXT PRIMARY KEY REFERENCES list (name) ON DELETE CASCADE,
  -- As in list_chunk.
  rows BLOB NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX list_withheld_expiry ON list_withheld (expires_ms) WHERE expires_ms > 0;
`;

/** What version 6 adds: hosts are known again after a restart, and so is the time. */
export const SCHEMA_6 = `
-- When a controller was at work last, Unix milliseconds; 0: not known.
ALTER TABLE meta ADD COLUMN alive_ms INTEGER NOT NULL DEFAULT 0;
-- What is known of a host beside its record.
CREATE TABLE host_note (
  host_id TEXT PRIMARY KEY,
  -- Of the newest session key that it has kept.
  session_serial INTEGER NOT NULL,
  -- Why its identity is not believed; empty: it is.
  duplicate TEXT NOT NULL,
  -- Where it ran when it was last here.
  boot_id TEXT NOT NULL,
  network TEXT NOT NULL,
  machine TEXT NOT NULL,
  -- What it was like then, JSON.
  seen TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** What version 7 adds; versions 3 to 6 had an index for each family. */
export const SCHEMA_7 = `
DROP INDEX IF EXISTS claim_wide_4;
DROP INDEX IF EXISTS claim_wide_6;
-- Ranges by who says them: how much one caller blocks in all is asked for with every range that is added.
-- Its condition has no term "column = constant": SQLite would prepare every statement that binds that column again at each use.
CREATE INDEX claim_wide ON claim (actor, family, length, address) WHERE length < iif(family = 6, 48, 24);
`;
