// Settings as rows.
import type { Setting } from '../port/settings.ts';
import type { Connection } from './file/connection.ts';
import { text } from './file/rows.ts';

/** What each schema version adds to the tables here: see migrations.ts. */
export const SETTING_STEPS: Readonly<Record<number, string>> = {
  10: `
-- What operators declare, and the state of what runs by it.
CREATE TABLE setting (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  -- JSON.
  body TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
`,
};

/** Of one kind, by name. */
export function readSettings(db: Connection, kind: string): Setting[] {
  const rows = db.prepare('SELECT name, body FROM setting WHERE kind = ? ORDER BY name').all(kind);
  return rows.map((row) => ({ kind, name: text(row, 'name'), body: text(row, 'body') }));
}

/** Replaces the one of the same kind and name. */
export function saveSetting(db: Connection, { kind, name, body }: Setting): void {
  db.save('setting', 'kind, name', { kind, name, body });
}

/** Nothing happens when it is not there. */
export function deleteSetting(db: Connection, { kind, name }: Pick<Setting, 'kind' | 'name'>): void {
  db.prepare('DELETE FROM setting WHERE kind = ? AND name = ?').run(kind, name);
}
