// Lists, their rows and their exceptions on disk.
//
// What a file said is in list_chunk, but for rows that meet an exception: these are in list_withheld, whole. What hosts hold of
// those is what is left of them without the exceptions, and it follows from both tables. So an exception that is taken back, or the
// next import, finds everything that the file said.
import { EntryTable } from '../../../../common/entries/entry-table.ts';
import { entryCount, NO_ENTRIES, type PackedEntries } from '../../../../common/entries/packed.ts';
import { firstEnd } from '../../../../common/entries/times.ts';
import { parseSelector } from '../../../../common/text/selector.ts';
import type { ListException, ListRecord } from '../../../claims/lists/list.ts';
import { actionOf } from '../claims/claim-rows.ts';
import { decodeColumns, encodeColumns } from '../file/columns-blob.ts';
import type { Connection } from '../file/connection.ts';
import { blob, integer, type Row, text } from '../file/rows.ts';
import { Bucketed } from './buckets.ts';
import { ExceptionSet } from './exception-set.ts';
import { joined, NO_PARTS, type Parts, remainders } from './withheld.ts';

/** Gives other work of the process a turn, when this one has had its share. */
export type Pause = () => Promise<void>;

/** `buckets`: over how many chunks its rows are spread, a power of two. */
export type StoredList = ListRecord & { readonly buckets: number };

const LISTS =
  'SELECT list.*, (SELECT count(*) FROM list_exception WHERE list_exception.name = list.name) AS exceptions FROM list';

/** By name. */
export function readLists(db: Connection): ListRecord[] {
  return db.prepare(`${LISTS} ORDER BY name`).all().map(listFromRow);
}

/** With its buckets, for those who read or write its chunks. */
export function findList(db: Connection, name: string): StoredList | undefined {
  const row = db.prepare(`${LISTS} WHERE name = ?`).get(name);
  return row && { ...listFromRow(row), buckets: integer(row, 'buckets') };
}

function listFromRow(row: Row): ListRecord {
  return {
    name: text(row, 'name'),
    action: actionOf(text(row, 'action')),
    selector: parseSelector(text(row, 'selector')),
    monitor: integer(row, 'monitor') !== 0,
    reason: text(row, 'reason'),
    actor: text(row, 'actor'),
    createdMs: integer(row, 'created_ms'),
    updatedMs: integer(row, 'updated_ms'),
    entries: integer(row, 'entries'),
    exceptions: integer(row, 'exceptions'),
  };
}

/** What hosts hold of a list, a chunk at a time; times are Unix milliseconds of the end. A prefix comes once. */
export function* readListRows(db: Connection, name: string): Generator<PackedEntries<'unix'>> {
  const list = findList(db, name);
  if (!list) return;
  const parts = partsOf(
    readWithheld(db, name),
    list.exceptions > 0 ? readExceptionSet(db, name) : undefined,
    list.buckets,
  );
  for (let bucket = 0; bucket < list.buckets; bucket++) {
    const rows = readChunk(db, name, bucket);
    const part = parts.bucket(bucket);
    if (entryCount(part) > 0) yield held(rows, part).pack();
    else if (entryCount(rows) > 0) yield rows;
  }
}

/** What is stored of a list but for the rows that meet an exception, a chunk at a time. */
export function* readChunks(db: Connection, { name, buckets }: StoredList): Generator<PackedEntries<'unix'>> {
  for (let bucket = 0; bucket < buckets; bucket++) {
    const rows = readChunk(db, name, bucket);
    if (entryCount(rows) > 0) yield rows;
  }
}

/** What a bucket has of the file, without rows that meet an exception. */
export function readChunk(db: Connection, name: string, bucket: number): PackedEntries<'unix'> {
  const row = db.prepare('SELECT rows FROM list_chunk WHERE name = ? AND bucket = ?').get(name, bucket);
  return row ? decodeColumns(blob(row, 'rows')) : NO_ENTRIES;
}

/** Replaces the bucket's rows; an empty chunk stays as a row of the table. */
export function saveChunk(db: Connection, name: string, bucket: number, rows: PackedEntries<'unix'>): void {
  db.prepare(
    `INSERT INTO list_chunk (name, bucket, rows, expires_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rows = excluded.rows, expires_ms = excluded.expires_ms`,
  ).run(name, bucket, encodeColumns(rows), endColumn(rows));
}

/** Rows of the file that meet an exception, whole. */
export function readWithheld(db: Connection, name: string): PackedEntries<'unix'> {
  const row = db.prepare('SELECT rows FROM list_withheld WHERE name = ?').get(name);
  return row ? decodeColumns(blob(row, 'rows')) : NO_ENTRIES;
}

/** Replaces them all; without any the table has no row for the list. */
export function saveWithheld(db: Connection, name: string, rows: PackedEntries<'unix'>): void {
  if (entryCount(rows) === 0) db.prepare('DELETE FROM list_withheld WHERE name = ?').run(name);
  else
    db.prepare(
      `INSERT INTO list_withheld (name, rows, expires_ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET rows = excluded.rows, expires_ms = excluded.expires_ms`,
    ).run(name, encodeColumns(rows), endColumn(rows));
}

/** IPv4 first, by address. */
export function readExceptions(db: Connection, name: string): ListException[] {
  return db
    .prepare('SELECT * FROM list_exception WHERE name = ? ORDER BY family, address, length')
    .all(name)
    .map((row) => ({
      prefix: {
        family: integer(row, 'family') === 4 ? 4 : 6,
        address: blob(row, 'address'),
        length: integer(row, 'length'),
      },
      reason: text(row, 'reason'),
      actor: text(row, 'actor'),
      createdMs: integer(row, 'created_ms'),
    }));
}

/** Empty when the list has none, or is not there. */
export function readExceptionSet(db: Connection, name: string): ExceptionSet {
  return new ExceptionSet(readExceptions(db, name).map(({ prefix }) => prefix));
}

/** What hosts hold of the withheld rows, by bucket. */
export function partsOf(
  withheld: PackedEntries<'unix'> | undefined,
  exceptions: ExceptionSet | undefined,
  buckets: number,
): Parts {
  const left = withheld && exceptions ? remainders(withheld, exceptions) : NO_ENTRIES;
  return entryCount(left) > 0 ? Bucketed.atOnce(left, buckets) : NO_PARTS;
}

/** As a table; of rows with one prefix the last holds. */
export function tableOf(...parts: readonly PackedEntries<'unix'>[]): EntryTable<'unix'> {
  const table = new EntryTable<'unix'>();
  for (const rows of parts) table.addAll(rows);
  return table;
}

/** What hosts hold of a bucket: what is stored of it, and what is left of withheld rows. */
export function held(rows: PackedEntries<'unix'>, parts: PackedEntries<'unix'>): EntryTable<'unix'> {
  return entryCount(parts) > 0 ? joined([tableOf(rows).pack(), parts]) : tableOf(rows);
}

/** Unix milliseconds of the row that ends first; 0: none ends. */
function endColumn(rows: PackedEntries<'unix'>): number {
  const first = firstEnd(rows);
  return Number.isFinite(first) ? Math.ceil(first) : 0;
}
