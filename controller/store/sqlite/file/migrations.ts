// The tables of the embedded store, made step by step: what a file of rows needs stands in that file, and an older store gets what it
// lacks. STRICT, so that a wrong type is an error at the write and not a surprise at the read.
import type { DatabaseSync } from 'node:sqlite';
import { AUDIT_STEPS } from '../audit/audit-rows.ts';
import { CLAIM_STEPS } from '../claims/claim-rows.ts';
import { CONFIRMATION_STEPS } from '../claims/confirmation-rows.ts';
import { API_KEY_STEPS } from '../identity/api-key-rows.ts';
import { NOTE_STEPS } from '../identity/host-notes.ts';
import { HOST_STEPS } from '../identity/host-rows.ts';
import { OPERATOR_STEPS } from '../identity/operator-rows.ts';
import { LIST_STEPS } from '../lists/tables.ts';
import { SETTING_STEPS } from '../setting-rows.ts';
import { integer } from './rows.ts';

/** Of the store as a whole: its revisions, and which rows of which layer they touched. */
const STORE_STEPS: Readonly<Record<number, string>> = {
  1: `
CREATE TABLE meta (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  -- History reaches back to this revision: a host that holds an older one gets a snapshot.
  history_floor INTEGER NOT NULL,
  -- 1 after a clean close: then there is no WAL to miss.
  clean INTEGER NOT NULL
) STRICT;

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
`,
  6: `
-- When a controller was at work last, Unix milliseconds; 0: not known.
ALTER TABLE meta ADD COLUMN alive_ms INTEGER NOT NULL DEFAULT 0;
`,
};

/** By schema version. A step that was released never changes: a new column or table is a step of the next version. */
const STEPS = [
  STORE_STEPS,
  CLAIM_STEPS,
  CONFIRMATION_STEPS,
  LIST_STEPS,
  HOST_STEPS,
  NOTE_STEPS,
  OPERATOR_STEPS,
  API_KEY_STEPS,
  SETTING_STEPS,
  AUDIT_STEPS,
];

/** The last that a step is for. An older store is migrated, a newer one refused. */
export const SCHEMA_VERSION = Math.max(...STEPS.flatMap((steps) => Object.keys(steps).map(Number)));

/** Within a transaction of the caller's: makes what versions after `from` added, 0 for all of it, up to `to`. */
export function makeTables(db: DatabaseSync, from: number, to = SCHEMA_VERSION): void {
  for (let version = from + 1; version <= to; version++) for (const steps of STEPS) db.exec(steps[version] ?? '');
  db.exec(`PRAGMA user_version = ${to}`);
}

/** Nothing to do: nothing is written. The store has passed its checks. */
export function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get();
  const version = row ? integer(row, 'user_version') : 0;
  if (version === SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    makeTables(db, version);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
