// The audit as a chain: every record carries a hash over itself and the one before, so that none can be changed, removed or
// slipped in later without all that follow being made anew. Who keeps the last hash elsewhere notices that too.
import { createHash } from 'node:crypto';
import { nextTurn } from '../../../../common/time/pacer.ts';
import type { AuditRecord, AuditVerdict } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer } from '../file/rows.ts';
import { auditFromRow } from './audit-rows.ts';

/** What the first record follows. */
const START = { sequence: 0, hash: Buffer.alloc(32) };
const BATCH = 2000;

interface Link {
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/** SHA-256 over the hash before and the record's fields as JSON. Records without a source are as they were before there was one. */
export function chainHash(before: Uint8Array, record: AuditRecord): Uint8Array {
  const { sequence, atMs, actor, verb, subject, reason, revision, from } = record;
  const source = from === '' ? [] : [from];
  const fields = JSON.stringify([sequence, atMs, actor, verb, subject, reason, `${revision}`, ...source]);
  return createHash('sha256').update(before).update(fields).digest();
}

/** The last record's place in the chain. */
export function lastLink(db: Connection): Link {
  const row = db.prepare('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1').get();
  return row ? { sequence: integer(row, 'sequence'), hash: blob(row, 'hash') } : START;
}

export function appendAudit(db: Connection, entry: Omit<AuditRecord, 'sequence'>): void {
  const before = lastLink(db);
  const record = { ...entry, sequence: before.sequence + 1 };
  db.prepare(
    'INSERT INTO audit (sequence, at_ms, actor, verb, subject, reason, revision, hash, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(
    record.sequence,
    record.atMs,
    record.actor,
    record.verb,
    record.subject,
    record.reason,
    record.revision,
    chainHash(before.hash, record),
    record.from,
  );
}

/** Recomputes the whole chain, in batches, so that calls are answered meanwhile. */
export async function verifyAudit(db: Connection): Promise<AuditVerdict> {
  const statement = db.prepare(`SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ${BATCH}`);
  for (let last: Link = START; ; ) {
    const rows = statement.all(last.sequence);
    for (const row of rows) {
      const record = auditFromRow(row);
      const hash = blob(row, 'hash');
      const broken = record.sequence !== last.sequence + 1 || !equal(chainHash(last.hash, record), hash);
      if (broken) return { records: last.sequence, head: last.hash, brokenAt: last.sequence + 1 };
      last = { sequence: record.sequence, hash };
    }
    if (rows.length < BATCH) return { records: last.sequence, head: last.hash, brokenAt: undefined };
    await nextTurn();
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
