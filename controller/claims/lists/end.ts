// Rows of lists whose time is over.
import { entryCount, type PackedEntries } from '../../../common/entries/packed.ts';
import { filterRows } from '../../../common/entries/rows.ts';
import { hasEnded } from '../../../common/precedence.ts';
import { listOrigin } from '../../../common/text/origin.ts';
import type { Steps } from '../steps.ts';
import type { ListTx } from './list-tx.ts';
import { exceptionSetOf } from './reads.ts';
import { rewriteBuckets } from './rewrite.ts';
import { partsOf } from './withheld.ts';

/** Buckets of which one call removes what has ended, at most. */
const END_BATCH = 32;

/** A bounded part of what has ended at `nowMs`. @returns how many rows hosts had of it */
export function* endListRows(tx: ListTx, nowMs: number): Steps<number> {
  const ended = Map.groupBy(yield* tx.ended(nowMs, END_BATCH), ({ name }) => name);
  let count = 0;
  for (const [name, places] of ended) {
    const buckets = places.flatMap(({ bucket }) => bucket ?? []);
    count += yield* endRowsOf(tx, name, buckets, nowMs);
  }
  return count;
}

function* endRowsOf(tx: ListTx, name: string, buckets: readonly number[], nowMs: number): Steps<number> {
  const list = yield* tx.list(name);
  if (!list) return 0;
  const changed = new Map<number, PackedEntries<'unix'>>();
  for (const bucket of buckets) {
    changed.set(bucket, unended(yield* tx.bucket(name, bucket), nowMs));
    yield;
  }
  const exceptions = yield* exceptionSetOf(tx, name);
  const withheld = yield* tx.withheld(name);
  const left = unended(withheld, nowMs);
  const was = yield* partsOf(withheld, exceptions, list.buckets);
  const next = yield* partsOf(left, exceptions, list.buckets);
  const told = yield* rewriteBuckets(tx, list, { changed, was, next });
  tx.saveWithheld(name, left);
  if (told.length === 0) return 0;
  const count = told.reduce((sum, { removes }) => sum + entryCount(removes), 0);
  tx.revise();
  tx.audit({ actor: 'system', verb: 'expire', subject: `${count} rows of ${listOrigin(name)}`, reason: 'ended' });
  return count;
}

function unended(rows: PackedEntries<'unix'>, nowMs: number): PackedEntries<'unix'> {
  return filterRows(rows, (_, { timesMs }, row) => !hasEnded(timesMs[row] ?? 0, nowMs));
}
