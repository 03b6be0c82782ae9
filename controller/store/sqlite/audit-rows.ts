// Reading the audit in bounded batches.
import type { SQLInputValue } from 'node:sqlite';
import type { AuditRecord } from '../records.ts';
import type { AuditFilter } from '../store.ts';
import type { Connection } from './connection.ts';
import { bigint, integer, type Row, text } from './rows.ts';

const BATCH = 500;

export async function* readAudit(db: Connection, filter: AuditFilter): AsyncGenerator<AuditRecord[]> {
  const { where, parameters } = conditions(filter);
  if (filter.last !== undefined) {
    const statement = db.prepare(`SELECT * FROM audit WHERE ${where} ORDER BY sequence DESC LIMIT ?`);
    yield statement
      .all(...parameters, filter.last)
      .map(auditFromRow)
      .reverse();
    return;
  }
  const statement = db.prepare(`SELECT * FROM audit WHERE sequence > ? AND ${where} ORDER BY sequence LIMIT ${BATCH}`);
  for (let after = filter.afterSequence ?? 0; ; ) {
    const batch = statement.all(after, ...parameters).map(auditFromRow);
    const last = batch.at(-1);
    if (!last) return;
    yield batch;
    if (batch.length < BATCH) return;
    after = last.sequence;
    await new Promise((resolve) => setImmediate(resolve));
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
