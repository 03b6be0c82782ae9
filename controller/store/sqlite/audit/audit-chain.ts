// The chain of the audit on disk: its end, what is added to it, and a look at all of it.
import { nextTurn } from '../../../../common/time/pacer.ts';
import { CHAIN_START, chained, chainVerdict, type Link, linkAfter } from '../../audit-chain.ts';
import type { AuditRecord, AuditVerdict } from '../../records.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer } from '../file/rows.ts';
import { auditFromRow } from './audit-rows.ts';

const BATCH = 2000;

/** The last record's place in the chain. */
export function lastLink(db: Connection): Link {
  const row = db.prepare('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1').get();
  return row ? { sequence: integer(row, 'sequence'), hash: blob(row, 'hash') } : CHAIN_START;
}

/** Inside the transaction of its change: it reads the last link and takes the next sequence number. */
export function appendAudit(db: Connection, entry: Omit<AuditRecord, 'sequence'>): void {
  const record = chained(lastLink(db), entry);
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
    record.hash,
    record.from,
  );
}

/** Recomputes the whole chain, in batches, so that calls are answered meanwhile. */
export async function verifyAudit(db: Connection): Promise<AuditVerdict> {
  const statement = db.prepare(`SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ${BATCH}`);
  for (let last = CHAIN_START; ; ) {
    const rows = statement.all(last.sequence);
    for (const row of rows) {
      const next = linkAfter(last, auditFromRow(row), blob(row, 'hash'));
      if (!next) return chainVerdict(last, true);
      last = next;
    }
    if (rows.length < BATCH) return chainVerdict(last, false);
    await nextTurn();
  }
}
