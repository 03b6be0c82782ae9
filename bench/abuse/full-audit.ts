// A store's audit with records as a controller writes them, in one transaction.
import { appendAudit } from '../../controller/store/sqlite/audit/audit-chain.ts';
import { Connection } from '../../controller/store/sqlite/file/connection.ts';

/** `storeFile`: of a controller that does not run. */
export function fillAudit(storeFile: string, records: number): void {
  const db = new Connection(storeFile, false);
  db.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < records; i++) {
    const subject = `198.51.${(i >> 8) & 0xff}.${i & 0xff}/32 on all`;
    const by = { actor: 'admin/bench', reason: '', from: '127.0.0.1:4000' };
    appendAudit(db, { ...by, verb: 'block', subject, revision: 0n, atMs: 1_700_000_000_000 + i });
  }
  db.exec('COMMIT');
  db.close();
}
