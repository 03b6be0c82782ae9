// Brings a store of an earlier version to this one's tables: in one transaction, before anything is read from it.
import type { DatabaseSync } from 'node:sqlite';
import { integer } from './rows.ts';
import { SCHEMA_2, SCHEMA_4, SCHEMA_5, SCHEMA_6, SCHEMA_7, SCHEMA_VERSION } from './schema.ts';

/** By the version that they start from. */
const STEPS: Readonly<Record<number, string>> = {
  1: `ALTER TABLE audit ADD COLUMN source TEXT NOT NULL DEFAULT ''; ${SCHEMA_2}`,
  // Its index is made by the last step.
  2: '',
  3: SCHEMA_4,
  4: SCHEMA_5,
  5: SCHEMA_6,
  6: SCHEMA_7,
};

/** True for this version itself. False for a newer one, and for one that has never been. */
export function canMigrate(version: number): boolean {
  for (let at = version; at < SCHEMA_VERSION; at++) if (STEPS[at] === undefined) return false;
  return version <= SCHEMA_VERSION;
}

/** Nothing to do: nothing is written. The store has passed its checks. */
export function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get();
  let version = row ? integer(row, 'user_version') : 0;
  if (version === SCHEMA_VERSION) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (; version < SCHEMA_VERSION; version++) db.exec(STEPS[version] ?? '');
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
