// A bulk list replaced as a whole: what is stored and what hosts get is the difference, bucket by bucket.
import { ACTIONS } from '../../../common/action.ts';
import { diffTables } from '../../../common/entries/compare.ts';
import { diffInOrder } from '../../../common/entries/in-order.ts';
import { entryCount, type FamilyColumns, NO_ENTRIES, type PackedEntries } from '../../../common/entries/packed.ts';
import { endsOf } from '../../../common/entries/times.ts';
import { FleetblockError } from '../../../common/errors.ts';
import { failpoint } from '../../../common/failpoint.ts';
import { MAX_LIST_ROWS } from '../../../common/lists/columns.ts';
import { listOrigin } from '../../../common/text/origin.ts';
import { formatSelector } from '../../../common/text/selector.ts';
import { listLayer } from '../layers.ts';
import type { Steps } from '../steps.ts';
import { type ByBucket, bucketsFor, byBucket } from './buckets.ts';
import type { ListResult, ReplaceList } from './list.ts';
import type { ListTx, StoredList } from './list-tx.ts';
import { exceptionSetOf } from './reads.ts';
import { held, merged, parted, partsOf, tableOf } from './withheld.ts';

/** @throws FleetblockError INVALID_ARGUMENT: too many rows */
export function* replaceList(tx: ListTx, request: ReplaceList): Steps<ListResult> {
  const { name, action, selector, actor, reason } = request;
  const rows = request.chunks.reduce((sum, chunk) => sum + entryCount(chunk), 0);
  if (rows > MAX_LIST_ROWS)
    throw new FleetblockError('INVALID_ARGUMENT', `a list has at most ${MAX_LIST_ROWS} rows, this one has ${rows}`);
  const old = yield* tx.list(name);
  const buckets = bucketsFor(rows);
  const content = yield* contentOf(tx, request, old, buckets);
  const moved = old !== undefined && formatSelector(old.selector) !== formatSelector(selector);
  const rewrite = old?.buckets !== buckets;
  const changed = !old || moved || old.action !== action;

  // The list itself is written last: a page that changes again late makes all that a log has from it on be written again.
  if (rewrite) tx.clearBuckets(name);
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0, entries: 0 };
  const layer = listLayer(name, selector);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const { wanted, before, after, adds, removes, inParts } = content.bucket(bucket);
    const [had, has] = [entryCount(before), entryCount(after)];
    const [added, removed] = [has - (had - entryCount(removes)), entryCount(removes)];
    counts.entries += has;
    counts.added += added;
    counts.updated += entryCount(adds) - added;
    counts.unchanged += has - entryCount(adds);
    counts.removed += removed;
    if (old && moved) {
      if (had > 0) tx.touch(listLayer(name, old.selector), NO_ENTRIES, before);
      if (has > 0) tx.touch(layer, after, NO_ENTRIES);
    } else if (entryCount(adds) + removed > 0) tx.touch(layer, adds, removes);
    if (rewrite || inParts || entryCount(adds) + removed > 0) tx.saveBucket(name, bucket, wanted);
    failpoint('store.import.chunk');
    yield;
  }
  request.approve?.(old, counts.entries, counts.added + counts.removed);
  tx.saveWithheld(name, content.withheld);
  const createdMs = old?.createdMs ?? tx.nowMs;
  const said = { name, action, selector, actor, reason, createdMs, updatedMs: tx.nowMs };
  tx.saveList({ ...said, buckets, entries: counts.entries });
  if (changed || counts.added + counts.updated + counts.removed > 0) {
    tx.revise();
    tx.audit({ actor, verb: 'import', subject: describe(request, counts), reason, from: request.from ?? '' });
  }
  const targets = old && moved ? [old.selector, selector] : [selector];
  return { revision: tx.head(), ...counts, targets, former: old };
}

/** The list as it was and as it is to be, bucket by bucket of the new one. */
function* contentOf(tx: ListTx, request: ReplaceList, old: StoredList | undefined, buckets: number) {
  const { name, chunks } = request;
  const { flags } = ACTIONS[request.action];
  const exceptions = yield* exceptionSetOf(tx, name);
  const free: PackedEntries<'unix'>[] = [];
  const met: PackedEntries<'unix'>[] = [];
  for (const chunk of chunks) {
    const split = parted(asStored(chunk, flags, tx.nowMs), exceptions);
    free.push(split.free);
    met.push(split.met);
    yield;
  }
  const wanted = yield* byBucket(free, buckets);
  const former: PackedEntries<'unix'>[] = [];
  for (let bucket = 0; bucket < (old?.buckets ?? 0); bucket++) {
    former.push(yield* tx.bucket(name, bucket));
    yield;
  }
  const stored: ByBucket =
    old?.buckets === buckets ? (bucket) => former[bucket] ?? NO_ENTRIES : yield* byBucket(former, buckets);
  const withheld = yield* merged(met);
  const was = yield* partsOf(yield* tx.withheld(name), exceptions, buckets);
  const next = yield* partsOf(withheld, exceptions, buckets);
  return {
    /** Rows of the import that meet an exception. */
    withheld,
    bucket: (bucket: number) => compared(stored(bucket), wanted(bucket), { was: was(bucket), next: next(bucket) }),
  };
}

interface Parts {
  readonly was: PackedEntries<'unix'>;
  readonly next: PackedEntries<'unix'>;
}

/** What a bucket is to have of the file, each prefix once; what hosts held of it and are to hold, and the difference. */
function compared(stored: PackedEntries<'unix'>, rows: PackedEntries<'unix'>, { was, next }: Parts) {
  /** What is stored may change although nothing does for hosts. */
  const inParts = entryCount(was) + entryCount(next) > 0;
  const quick = inParts || entryCount(stored) === 0 ? undefined : diffInOrder(stored, rows);
  if (quick) return { wanted: rows, before: stored, after: rows, ...quick, inParts };
  const table = tableOf(rows);
  const [from, to] = [held(stored, was), entryCount(next) > 0 ? held(rows, next) : table];
  const wanted = table.pack();
  const after = to === table ? wanted : to.pack();
  const { adds, removes } = from.size === 0 ? { adds: after, removes: NO_ENTRIES } : diffTables(from, to);
  return { wanted, before: from.pack(), after, adds, removes, inParts };
}

/** Rows as they are kept: the list's own flags, ends in place of remaining times. */
function asStored(chunk: PackedEntries<'left'>, flags: number, nowMs: number): PackedEntries<'unix'> {
  const { v4, v6 } = endsOf<'unix'>(chunk, nowMs);
  const marked = (columns: FamilyColumns<'unix'>) => ({ ...columns, flags: new Uint8Array(columns.count).fill(flags) });
  return { v4: marked(v4), v6: marked(v6) };
}

function describe(
  { name, selector, skipped }: ReplaceList,
  { added, updated, removed, entries }: Pick<ListResult, 'added' | 'updated' | 'removed'> & { entries: number },
): string {
  const out = skipped ? `, ${skipped} refused rows left out` : '';
  return `${listOrigin(name)} on ${formatSelector(selector)}: ${entries} rows, +${added} ~${updated} -${removed}${out}`;
}
