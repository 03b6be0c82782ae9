// Reading the audit in bounded steps: a scan that finds nothing gives others their turn as one does that finds all.
import type { SQLInputValue } from 'node:sqlite';
import { nextTurn } from '../../../../common/time/pacer.ts';
import type { AuditFilter } from '../../port/audit.ts';
import type { AuditRecord } from '../../records.ts';
import { type Connection, readBigint } from '../file/connection.ts';
import { bigint, integer, type Row, text } from '../file/rows.ts';

/** What each schema version adds to the table here: see migrations.ts. */
export const AUDIT_STEPS: Readonly<Record<number, string>> = {
  1: `
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- Over this record and the hash before: audit-chain.ts.
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_time ON audit (at_ms);
`,
  2: `
-- Where the call came from; empty: from nowhere else.
ALTER TABLE audit ADD COLUMN source TEXT NOT NULL DEFAULT '';
`,
};

/** Records that one step looks at. */
const STEP = 2000;
/** Of a batch. */
const BATCH = 500;

/** Empty batches too: one for each step that found nothing, so that a caller waiting for the next has an answer soon. */
export async function* readAudit(db: Connection, filter: AuditFilter): AsyncGenerator<AuditRecord[]> {
  const { where, parameters } = conditions(filter);
  const head = Number(readBigint(db, 'SELECT max(sequence) AS value FROM audit'));
  const select = `SELECT * FROM audit WHERE sequence > ? AND sequence <= ? AND ${where} ORDER BY sequence`;
  if (filter.last !== undefined) {
    const newest: AuditRecord[] = [];
    const statement = db.prepare(`${select} DESC LIMIT ?`);
    for (let to = head; to > 0 && newest.length < filter.last; to -= STEP) {
      const found = statement.all(to - STEP, to, ...parameters, filter.last - newest.length);
      for (const row of found) newest.push(auditFromRow(row));
      yield [];
      await nextTurn();
    }
    newest.reverse();
    for (let at = 0; at < newest.length; at += BATCH) yield newest.slice(at, at + BATCH);
    return;
  }
  const statement = db.prepare(select);
  for (let after = filter.afterSequence ?? 0; after < head; after += STEP) {
    const found = statement.all(after, after + STEP, ...parameters).map(auditFromRow);
    if (found.length === 0) yield [];
    for (let at = 0; at < found.length; at += BATCH) yield found.slice(at, at + BATCH);
    await nextTurn();
  }
}

function conditions(filter: AuditFilter): { where: string; parameters: SQLInputValue[] } {
  const parts: [string, SQLInputValue | undefined][] = [
    ['actor = ?', filter.actor],
    ['verb = ?', filter.verb],
    ['at_ms >= ?', filter.sinceMs],
    ['at_ms < ?', filter.untilMs],
    ['instr(subject, ?) > 0', filter.subject],
    // Whole words: 3.0.113.7/32 is no part of 203.0.113.7/32.
    ["instr(' ' || subject || ' ' || reason || ' ', ' ' || ? || ' ') > 0", filter.prefix],
    ["instr(' ' || replace(replace(subject, ',', ' '), ':', ' ') || ' ', ' ' || ? || ' ') > 0", filter.host],
  ];
  const used = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  return {
    where: ['1', ...used.map((part) => part.sql)].join(' AND '),
    parameters: used.map((part) => part.value),
  };
}

/** All but the hash. @throws FleetblockError DATA_LOSS: a column of another type */
export function auditFromRow(row: Row): AuditRecord {
  return {
    sequence: integer(row, 'sequence'),
    atMs: integer(row, 'at_ms'),
    actor: text(row, 'actor'),
    verb: text(row, 'verb'),
    subject: text(row, 'subject'),
    reason: text(row, 'reason'),
    revision: bigint(row, 'revision'),
    from: text(row, 'source'),
  };
}
