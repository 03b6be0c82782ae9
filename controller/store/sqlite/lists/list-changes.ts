// Bulk lists: a whole list replaced by difference, or removed.
import { diffTables } from '../../../../common/entries/compare.ts';
import type { EntryTable } from '../../../../common/entries/entry-table.ts';
import {
  entryCount,
  type FamilyColumns,
  FLAG_ALLOW,
  FLAG_MONITOR,
  NO_ENTRIES,
  type PackedEntries,
  type TimeBase,
} from '../../../../common/entries/packed.ts';
import { endsOf } from '../../../../common/entries/times.ts';
import { FleetblockError } from '../../../../common/errors.ts';
import { failpoint } from '../../../../common/failpoint.ts';
import { listOrigin } from '../../../../common/text/origin.ts';
import { formatSelector } from '../../../../common/text/selector.ts';
import type { Attribution } from '../../../claims/attribution.ts';
import { listLayer } from '../../../claims/layers.ts';
import { type ListResult, MAX_LIST_ROWS, type ReplaceList } from '../../../claims/lists/list.ts';
import type { Transaction } from '../transaction.ts';
import { Bucketed, bucketsFor } from './buckets.ts';
import {
  findList,
  held,
  type Pause,
  partsOf,
  readChunks,
  readExceptionSet,
  readListRows,
  readWithheld,
  type StoredList,
  saveChunk,
  saveWithheld,
  tableOf,
} from './list-rows.ts';
import { NO_PARTS, parted } from './withheld.ts';

/** @throws FleetblockError INVALID_ARGUMENT: too many rows. */
export async function replaceList(tx: Transaction, request: ReplaceList, pause: Pause): Promise<ListResult> {
  const { name, selector } = request;
  const rows = request.chunks.reduce((sum, chunk) => sum + entryCount(chunk), 0);
  if (rows > MAX_LIST_ROWS)
    throw new FleetblockError('INVALID_ARGUMENT', `a list has at most ${MAX_LIST_ROWS} rows, this one has ${rows}`);
  const old = findList(tx.db, name);
  const buckets = bucketsFor(rows);
  const content = await contentOf(tx, request, { old, buckets }, pause);
  const moved = old !== undefined && formatSelector(old.selector) !== formatSelector(selector);
  const rewrite = old === undefined || old.buckets !== buckets;
  const changed = !old || moved || old.action !== request.action || old.monitor !== request.monitor;

  // The list itself is written last: a page that changes again late makes all that the log has from it on be written again.
  tx.db.exec('PRAGMA defer_foreign_keys = ON');
  if (rewrite) tx.db.prepare('DELETE FROM list_chunk WHERE name = ?').run(name);
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0, entries: 0 };
  const layer = listLayer(name, selector);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const { wanted, before, after, inParts } = content.bucket(bucket);
    counts.entries += after.size;
    const fresh = before.size === 0;
    const { adds, removes } = fresh ? { adds: after.pack(), removes: NO_ENTRIES } : diffTables(before, after);
    const updated = fresh ? 0 : entryCount(adds) - (after.size - common(before, after));
    counts.added += entryCount(adds) - updated;
    counts.updated += updated;
    counts.unchanged += after.size - entryCount(adds);
    counts.removed += entryCount(removes);
    if (old && moved) {
      if (before.size > 0) tx.touch(listLayer(name, old.selector), NO_ENTRIES, before.pack());
      if (after.size > 0) tx.touch(layer, after.pack(), NO_ENTRIES);
    } else if (entryCount(adds) + entryCount(removes) > 0) tx.touch(layer, adds, removes);
    if (rewrite || inParts || entryCount(adds) + entryCount(removes) > 0) saveChunk(tx.db, name, bucket, wanted.pack());
    failpoint('store.import.chunk');
    await pause();
  }
  request.approve?.(old, counts.entries);
  if (content.withheld) saveWithheld(tx.db, name, content.withheld);
  saveList(tx, request, { createdMs: old?.createdMs ?? tx.nowMs, buckets, entries: counts.entries });
  if (changed || counts.added + counts.updated + counts.removed > 0) {
    tx.revise();
    const { actor, reason, from = '' } = request;
    tx.audit({ actor, verb: 'import', subject: describe(request, counts), reason, from });
  }
  const targets = old && moved ? [old.selector, selector] : [selector];
  return { revision: tx.head(), ...counts, targets, former: old };
}

/** The list as it was and as it is to be, bucket by bucket of the new one. */
async function contentOf(
  tx: Transaction,
  request: ReplaceList,
  { old, buckets }: { old: StoredList | undefined; buckets: number },
  pause: Pause,
) {
  const { db, nowMs } = tx;
  const flags = (request.action === 'allow' ? FLAG_ALLOW : 0) | (request.monitor ? FLAG_MONITOR : 0);
  const exceptions = old && old.exceptions > 0 ? readExceptionSet(db, request.name) : undefined;
  const met: PackedEntries<'unix'>[] = [];
  const asked = await gathered(
    request.chunks,
    (chunk) => {
      const rows = asStored(chunk, flags, nowMs);
      if (!exceptions) return rows;
      const split = parted(rows, exceptions);
      met.push(split.met);
      return split.free;
    },
    pause,
  );
  const wanted = await Bucketed.of(asked, buckets, pause);
  const present = await gathered(old ? readChunks(db, old) : [], (chunk) => chunk, pause);
  const stored = await Bucketed.of(present, buckets, pause);
  const withheld = exceptions && tableOf(...met).pack();
  const was = exceptions ? partsOf(readWithheld(db, request.name), exceptions, buckets) : NO_PARTS;
  const next = withheld ? partsOf(withheld, exceptions, buckets) : NO_PARTS;
  return {
    /** Rows of the import that meet an exception; undefined: there are no exceptions. */
    withheld,
    bucket: (bucket: number) => {
      const rows = tableOf(wanted.bucket(bucket));
      const parts = { was: was.bucket(bucket), next: next.bucket(bucket) };
      return {
        wanted: rows,
        before: held(stored.bucket(bucket), parts.was),
        after: entryCount(parts.next) > 0 ? held(wanted.bucket(bucket), parts.next) : rows,
        /** What is stored may change although nothing does for hosts. */
        inParts: entryCount(parts.was) + entryCount(parts.next) > 0,
      };
    },
  };
}

/** @throws FleetblockError NOT_FOUND */
export async function removeList(tx: Transaction, name: string, by: Attribution, pause: Pause): Promise<ListResult> {
  const old = findList(tx.db, name);
  if (!old) throw new FleetblockError('NOT_FOUND', `there is no list ${JSON.stringify(name)}: see fleetblock lists`);
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
  tx.audit({ ...by, verb: 'list.remove', subject: `${listOrigin(name)} (${removed} rows)` });
  return { revision, added: 0, updated: 0, unchanged: 0, removed, targets: [old.selector], former: old };
}

/** Rows as they are kept: the list's own flags, ends in place of remaining times. */
function asStored(chunk: PackedEntries<'left'>, flags: number, nowMs: number): PackedEntries<'unix'> {
  const { v4, v6 } = endsOf<'unix'>(chunk, nowMs);
  const marked = (columns: FamilyColumns<'unix'>) => ({ ...columns, flags: new Uint8Array(columns.count).fill(flags) });
  return { v4: marked(v4), v6: marked(v6) };
}

async function gathered<Rows extends TimeBase>(
  parts: Iterable<PackedEntries<Rows>>,
  made: (part: PackedEntries<Rows>) => PackedEntries<'unix'>,
  pause: Pause,
): Promise<PackedEntries<'unix'>[]> {
  const all: PackedEntries<'unix'>[] = [];
  for (const part of parts) {
    all.push(made(part));
    await pause();
  }
  return all;
}

/** Rows of `after` whose prefix and action `before` has too. */
function common(before: EntryTable<'unix'>, after: EntryTable<'unix'>): number {
  if (before.size === 0) return 0;
  const { removes } = diffTables(before, after);
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

function describe(request: ReplaceList, counts: { added: number; updated: number; removed: number; entries: number }) {
  const { added, updated, removed, entries } = counts;
  const skipped = request.skipped ? `, ${request.skipped} refused rows left out` : '';
  return `${listOrigin(request.name)} on ${formatSelector(request.selector)}: ${entries} rows, +${added} ~${updated} -${removed}${skipped}`;
}
