// What is known of hosts beside their records, as rows.
import type { HostNote } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { integer, type Row, text } from '../file/rows.ts';

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
  db.prepare(
    `INSERT OR REPLACE INTO host_note (host_id, session_serial, duplicate, boot_id, network, machine, seen)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    hostId,
    note.sessionSerial,
    note.duplicate,
    bootId,
    network,
    machine.join(' '),
    JSON.stringify(note.seen ?? null),
  );
}
