// What is known of hosts beside their records, as rows.
import type { HostNote } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { integer, type Row, text } from '../file/rows.ts';

/** What each schema version adds to the table here: see migrations.ts. */
export const NOTE_STEPS: Readonly<Record<number, string>> = {
  6: `
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
`,
};

function noteFromRow(row: Row): HostNote {
  const seen: unknown = JSON.parse(text(row, 'seen'));
  return {
    sessionSerial: integer(row, 'session_serial'),
    duplicate: text(row, 'duplicate'),
    place: {
      bootId: text(row, 'boot_id'),
      network: text(row, 'network'),
      machine: text(row, 'machine')
        .split(' ')
        .filter((fact) => fact !== ''),
    },
    seen,
  };
}

/** By host id. */
export function readHostNotes(db: Connection): Map<string, HostNote> {
  const rows = db.prepare('SELECT * FROM host_note').all();
  return new Map(rows.map((row) => [text(row, 'host_id'), noteFromRow(row)]));
}

/** Replaces the host's note. `seen` must be what JSON can hold. */
export function saveHostNote(db: Connection, hostId: string, note: HostNote): void {
  const { bootId, network, machine } = note.place;
  const place = { boot_id: bootId, network, machine: machine.join(' ') };
  const row = { host_id: hostId, session_serial: note.sessionSerial, duplicate: note.duplicate, ...place };
  db.save('host_note', 'host_id', { ...row, seen: JSON.stringify(note.seen ?? null) });
}
