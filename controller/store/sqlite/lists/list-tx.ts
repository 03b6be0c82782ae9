// Lists as rows, and ListTx on them: a list in `list`, its buckets in `list_chunk`, and beside it withheld rows and exceptions.
import { entryCount, NO_ENTRIES, type PackedEntries } from '../../../../common/entries/packed.ts';
import { firstEnd } from '../../../../common/entries/times.ts';
import { formatSelector, parseSelector } from '../../../../common/text/selector.ts';
import type { ListException } from '../../../claims/lists/list.ts';
import type { ListReads, ListTx, StoredList } from '../../../claims/lists/list-tx.ts';
import { ready } from '../../../claims/steps.ts';
import { actionColumns, actionFromRow, familyOf } from '../claims/claim-rows.ts';
import { decodeColumns, encodeColumns } from '../file/columns-blob.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';
import type { Transaction } from '../transaction.ts';

const LISTS =
  'SELECT list.*, (SELECT count(*) FROM list_exception WHERE list_exception.name = list.name) AS exceptions FROM list';

/** By name. */
export function readLists(db: Connection): StoredList[] {
  return db.prepare(`${LISTS} ORDER BY name`).all().map(listFromRow);
}

/** Of committed data, or of what a transaction wrote: as the connection sees it. */
export function listReads(db: Connection): ListReads {
  return {
    list: (name) => {
      const row = db.prepare(`${LISTS} WHERE name = ?`).get(name);
      return ready(row && listFromRow(row));
    },
    bucket: (name, bucket) =>
      ready(rowsIn(db.prepare('SELECT rows FROM list_chunk WHERE name = ? AND bucket = ?').get(name, bucket))),
    withheld: (name) => ready(rowsIn(db.prepare('SELECT rows FROM list_withheld WHERE name = ?').get(name))),
    exceptions: (name) =>
      ready(
        db
          .prepare('SELECT * FROM list_exception WHERE name = ? ORDER BY family, address, length')
          .all(name)
          .map(exceptionFromRow),
      ),
  };
}

/** Reads see what the transaction wrote before. */
export function listTx(tx: Transaction): ListTx {
  const { db } = tx;
  // Buckets are written before their list.
  db.exec('PRAGMA defer_foreign_keys = ON');
  return {
    ...listReads(db),
    nowMs: tx.nowMs,
    revise: () => tx.revise(),
    head: () => tx.head(),
    touch: (layer, sets, deletes) => tx.touch(layer, sets, deletes),
    audit: (entry, about) => tx.audit(entry, about),
    saveList: (list) => saveList(db, list),
    deleteList: (name) => void db.prepare('DELETE FROM list WHERE name = ?').run(name),
    saveBucket: (name, bucket, rows) =>
      db.save('list_chunk', 'name, bucket', { name, bucket, rows: encodeColumns(rows), expires_ms: endColumn(rows) }),
    clearBuckets: (name) => void db.prepare('DELETE FROM list_chunk WHERE name = ?').run(name),
    saveWithheld: (name, rows) => saveWithheld(db, name, rows),
    addException: (name, { prefix, reason, actor, createdMs }) =>
      void db
        .prepare(
          'INSERT INTO list_exception (name, family, address, length, reason, actor, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(name, prefix.family, prefix.address, prefix.length, reason, actor, createdMs),
    deleteException: (name, { family, address, length }) =>
      void db
        .prepare('DELETE FROM list_exception WHERE name = ? AND family = ? AND address = ? AND length = ?')
        .run(name, family, address, length),
    ended: (byMs, limit) =>
      ready(
        db
          .prepare(
            `SELECT name, bucket FROM list_chunk WHERE expires_ms > 0 AND expires_ms <= ?1
             UNION ALL SELECT name, NULL FROM list_withheld WHERE expires_ms > 0 AND expires_ms <= ?1 LIMIT ?2`,
          )
          .all(byMs, limit)
          .map((row) => ({
            name: text(row, 'name'),
            bucket: row.bucket === null ? undefined : integer(row, 'bucket'),
          })),
      ),
  };
}

function listFromRow(row: Row): StoredList {
  return {
    name: text(row, 'name'),
    action: actionFromRow(row),
    selector: parseSelector(text(row, 'selector')),
    reason: text(row, 'reason'),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    updatedMs: integer(row, 'updated_ms'),
    entries: integer(row, 'entries'),
    exceptions: integer(row, 'exceptions'),
    buckets: integer(row, 'buckets'),
  };
}

function exceptionFromRow(row: Row): ListException {
  return {
    prefix: { family: familyOf(integer(row, 'family')), address: blob(row, 'address'), length: integer(row, 'length') },
    reason: text(row, 'reason'),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
  };
}

/** `undefined`: the table has no such row. */
function rowsIn(row: Row | undefined): PackedEntries<'unix'> {
  return row ? decodeColumns(blob(row, 'rows')) : NO_ENTRIES;
}

function saveList(db: Connection, list: Omit<StoredList, 'exceptions'>): void {
  const { name, reason, actor, createdMs, updatedMs, entries, buckets } = list;
  const scope = { ...actionColumns(list.action), selector: formatSelector(list.selector) };
  const times = { created_ms: createdMs, updated_ms: updatedMs };
  db.save('list', 'name', { name, ...scope, ...times, reason, actor, entries, buckets });
}

/** Without any the table has no row for the list. */
function saveWithheld(db: Connection, name: string, rows: PackedEntries<'unix'>): void {
  if (entryCount(rows) === 0) db.prepare('DELETE FROM list_withheld WHERE name = ?').run(name);
  else db.save('list_withheld', 'name', { name, rows: encodeColumns(rows), expires_ms: endColumn(rows) });
}

/** Unix milliseconds of the row that ends first; 0: none ends. */
function endColumn(rows: PackedEntries<'unix'>): number {
  const first = firstEnd(rows);
  return Number.isFinite(first) ? Math.ceil(first) : 0;
}
