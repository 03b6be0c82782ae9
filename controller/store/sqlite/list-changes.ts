// Bulk lists: a whole list replaced by difference, removed, and rows that end.
import { EntryTable } from '../../../common/entry-table.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { failpoint } from '../../../common/failpoint.ts';
import {
  entryCount,
  type FamilyColumns,
  FLAG_ALLOW,
  FLAG_MONITOR,
  NO_ENTRIES,
  type PackedEntries,
} from '../../../common/packed.ts';
import { formatSelector, parseSelector } from '../../../common/selector.ts';
import { type Attribution, type ListRecord, listLayer } from '../records.ts';
import { type ListResult, MAX_LIST_ROWS, type ReplaceList } from '../store.ts';
import { Bucketed, bucketsFor } from './buckets.ts';
import { actionOf } from './claim-rows.ts';
import { decodeColumns, encodeColumns } from './columns-blob.ts';
import type { Connection } from './connection.ts';
import { blob, integer, type Row, text } from './rows.ts';
import type { Transaction } from './transaction.ts';

/** Gives other work of the process a turn, when this one has had its share. */
export type Pause = () => Promise<void>;

export function readLists(db: Connection): ListRecord[] {
  return db.prepare('SELECT * FROM list ORDER BY name').all().map(listFromRow);
}

function findList(db: Connection, name: string): (ListRecord & { readonly buckets: number }) | undefined {
  const row = db.prepare('SELECT * FROM list WHERE name = ?').get(name);
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
  };
}

/** The rows of a list, a chunk at a time; times are Unix milliseconds of the end. */
export function* readListRows(db: Connection, name: string): Generator<PackedEntries> {
  const buckets = findList(db, name)?.buckets ?? 0;
  const statement = db.prepare('SELECT rows FROM list_chunk WHERE name = ? AND bucket = ?');
  for (let bucket = 0; bucket < buckets; bucket++) {
    const row = statement.get(name, bucket);
    if (row) yield decodeColumns(blob(row, 'rows'));
  }
}

/** @throws FleetblockError INVALID_ARGUMENT: too many rows. */
export async function replaceList(tx: Transaction, request: ReplaceList, pause: Pause): Promise<ListResult> {
  const { name, selector } = request;
  const rows = request.chunks.reduce((sum, chunk) => sum + entryCount(chunk), 0);
  if (rows > MAX_LIST_ROWS)
    throw new FleetblockError('INVALID_ARGUMENT', `a list has at most ${MAX_LIST_ROWS} rows, this one has ${rows}`);
  const old = findList(tx.db, name);
  const buckets = bucketsFor(rows);
  const flags = (request.action === 'allow' ? FLAG_ALLOW : 0) | (request.monitor ? FLAG_MONITOR : 0);
  const asked = await gathered(request.chunks, (chunk) => asStored(chunk, flags, tx.nowMs), pause);
  const wanted = await Bucketed.of(asked, buckets, pause);
  const present = await gathered(old ? readListRows(tx.db, name) : [], (chunk) => chunk, pause);
  const stored = await Bucketed.of(present, buckets, pause);
  const moved = old !== undefined && formatSelector(old.selector) !== formatSelector(selector);
  const rewrite = old === undefined || old.buckets !== buckets;
  const changed = !old || moved || old.action !== request.action || old.monitor !== request.monitor;

  // The list itself is written last: a page that changes again late makes all that the log has from it on be written again.
  tx.db.exec('PRAGMA defer_foreign_keys = ON');
  if (rewrite) tx.db.prepare('DELETE FROM list_chunk WHERE name = ?').run(name);
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0, entries: 0 };
  const layer = listLayer(name, selector);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const before = tableOf(stored.bucket(bucket));
    const after = tableOf(wanted.bucket(bucket));
    counts.entries += after.size;
    const fresh = before.size === 0;
    const { adds, removes } = fresh ? { adds: after.pack(0), removes: NO_ENTRIES } : before.diff(after, 0);
    const updated = fresh ? 0 : entryCount(adds) - (after.size - common(before, after));
    counts.added += entryCount(adds) - updated;
    counts.updated += updated;
    counts.unchanged += after.size - entryCount(adds);
    counts.removed += entryCount(removes);
    if (old && moved) {
      if (before.size > 0) tx.touch(listLayer(name, old.selector), NO_ENTRIES, before.pack(0));
      if (after.size > 0) tx.touch(layer, after.pack(0), NO_ENTRIES);
    } else if (entryCount(adds) + entryCount(removes) > 0) tx.touch(layer, adds, removes);
    if (rewrite || entryCount(adds) + entryCount(removes) > 0) saveChunk(tx.db, name, bucket, after.pack(0));
    failpoint('store.import.chunk');
    await pause();
  }
  request.approve?.(old, counts.entries);
  saveList(tx, request, { createdMs: old?.createdMs ?? tx.nowMs, buckets, entries: counts.entries });
  if (changed || counts.added + counts.updated + counts.removed > 0) {
    tx.revise();
    const { actor, reason, from = '' } = request;
    tx.audit({ actor, verb: 'import', subject: describe(request, counts), reason, from });
  }
  const targets = old && moved ? [old.selector, selector] : [selector];
  return { revision: tx.head(), ...counts, targets, former: old };
}

/** @throws FleetblockError NOT_FOUND */
export async function removeList(tx: Transaction, name: string, by: Attribution, pause: Pause): Promise<ListResult> {
  const old = findList(tx.db, name);
  if (!old) throw new FleetblockError('NOT_FOUND', `there is no list ${JSON.stringify(name)}: see fleetblock list`);
  const layer = listLayer(name, old.selector);
  let removed = 0;
  for (const rows of readListRows(tx.db, name)) {
    tx.touch(layer, NO_ENTRIES, rows);
    removed += entryCount(rows);
    failpoint('store.remove.chunk');
    await pause();
  }
  const revision = tx.revise();
  tx.db.prepare('DELETE FROM list WHERE name = ?').run(name);
  tx.audit({ ...by, verb: 'list.remove', subject: `list:${name} (${removed} rows)` });
  return { revision, added: 0, updated: 0, unchanged: 0, removed, targets: [old.selector], former: old };
}

/** Rows of some list have ended. */
export function listRowsEnded(db: Connection, nowMs: number): boolean {
  return (
    db.prepare('SELECT 1 FROM list_chunk WHERE expires_ms > 0 AND expires_ms <= ? LIMIT 1').get(nowMs) !== undefined
  );
}

/** Removes rows of lists that have ended, from at most `limit` chunks. @returns how many rows. */
export async function endListRows(tx: Transaction, nowMs: number, limit: number, pause: Pause): Promise<number> {
  const chunks = tx.db
    .prepare('SELECT name, bucket, rows FROM list_chunk WHERE expires_ms > 0 AND expires_ms <= ? LIMIT ?')
    .all(nowMs, limit);
  const names = new Map<string, number>();
  for (const chunk of chunks) {
    const name = text(chunk, 'name');
    const table = tableOf(decodeColumns(blob(chunk, 'rows')));
    const left = tableOf({ v4: unended(table.pack(0).v4, 4, nowMs), v6: unended(table.pack(0).v6, 6, nowMs) });
    const { removes } = table.diff(left, 0);
    const list = findList(tx.db, name);
    if (!list) continue;
    tx.touch(listLayer(name, list.selector), NO_ENTRIES, removes);
    saveChunk(tx.db, name, integer(chunk, 'bucket'), left.pack(0));
    names.set(name, (names.get(name) ?? 0) + entryCount(removes));
    await pause();
  }
  for (const [name, count] of names) {
    tx.revise();
    tx.db.prepare('UPDATE list SET entries = entries - ? WHERE name = ?').run(count, name);
    tx.audit({ actor: 'system', verb: 'expire', subject: `${count} rows of list:${name}`, reason: 'ended' });
  }
  return [...names.values()].reduce((sum, count) => sum + count, 0);
}

function unended(columns: FamilyColumns, family: 4 | 6, nowMs: number): FamilyColumns {
  const table = new EntryTable().family(family);
  const width = family === 4 ? 4 : 16;
  for (let row = 0; row < columns.count; row++) {
    const end = columns.ttlsMs[row] ?? 0;
    if (end > 0 && end <= nowMs) continue;
    table.set(columns.addresses, row * width, columns.lengths[row] ?? 0, columns.flags[row] ?? 0, end);
  }
  return table.pack(0);
}

/** Rows as they are kept: the list's own flags, ends in place of remaining times. */
function asStored(chunk: PackedEntries, flags: number, nowMs: number): PackedEntries {
  const family = (columns: FamilyColumns): FamilyColumns => ({
    ...columns,
    flags: new Uint8Array(columns.count).fill(flags),
    ttlsMs: columns.ttlsMs.map((ttl) => (ttl > 0 ? nowMs + ttl : 0)),
  });
  return { v4: family(chunk.v4), v6: family(chunk.v6) };
}

async function gathered(
  parts: Iterable<PackedEntries>,
  made: (part: PackedEntries) => PackedEntries,
  pause: Pause,
): Promise<PackedEntries[]> {
  const all: PackedEntries[] = [];
  for (const part of parts) {
    all.push(made(part));
    await pause();
  }
  return all;
}

function tableOf(rows: PackedEntries): EntryTable {
  const table = new EntryTable();
  table.addAll(rows, 0);
  return table;
}

/** Rows of `after` whose prefix and action `before` has too. */
function common(before: EntryTable, after: EntryTable): number {
  if (before.size === 0) return 0;
  const { removes } = before.diff(after, 0);
  return before.size - entryCount(removes);
}

function saveList(
  tx: Transaction,
  request: ReplaceList,
  { createdMs, buckets, entries }: { createdMs: number; buckets: number; entries: number },
): void {
  tx.db
    .prepare(
      `INSERT INTO list (name, action, selector, monitor, reason, actor, created_ms, updated_ms, entries, buckets)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET action = excluded.action, selector = excluded.selector, monitor = excluded.monitor,
         reason = excluded.reason, actor = excluded.actor, updated_ms = excluded.updated_ms,
         entries = excluded.entries, buckets = excluded.buckets`,
    )
    .run(
      request.name,
      request.action,
      formatSelector(request.selector),
      request.monitor ? 1 : 0,
      request.reason,
      request.actor,
      createdMs,
      tx.nowMs,
      entries,
      buckets,
    );
}

function saveChunk(db: Connection, name: string, bucket: number, rows: PackedEntries): void {
  const first = Math.min(firstEnd(rows.v4), firstEnd(rows.v6));
  db.prepare(
    `INSERT INTO list_chunk (name, bucket, rows, expires_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rows = excluded.rows, expires_ms = excluded.expires_ms`,
  ).run(name, bucket, encodeColumns(rows), Number.isFinite(first) ? Math.ceil(first) : 0);
}

/** Infinity: none ends. */
function firstEnd({ ttlsMs }: FamilyColumns): number {
  let first = Number.POSITIVE_INFINITY;
  for (const end of ttlsMs) if (end > 0 && end < first) first = end;
  return first;
}

function describe(request: ReplaceList, counts: { added: number; updated: number; removed: number; entries: number }) {
  const { added, updated, removed, entries } = counts;
  const skipped = request.skipped ? `, ${request.skipped} refused rows left out` : '';
  return `list:${request.name} on ${formatSelector(request.selector)}: ${entries} rows, +${added} ~${updated} -${removed}${skipped}`;
}
