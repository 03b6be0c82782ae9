// Changes what is stored of single buckets of a list, and what is left of its withheld rows; hosts get the difference.
import { type Difference, diffTables } from '../../../common/entries/compare.ts';
import { entryCount, type PackedEntries } from '../../../common/entries/packed.ts';
import { listLayer } from '../layers.ts';
import type { Steps } from '../steps.ts';
import type { ByBucket } from './buckets.ts';
import type { ListTx, StoredList } from './list-tx.ts';
import { held, tableOf } from './withheld.ts';

/** Buckets that are not in `changed` keep their stored rows; hosts still get the difference between `was` and `next`. */
export interface Rewrite {
  /** What these buckets are to hold of the file. */
  readonly changed: ReadonlyMap<number, PackedEntries<'unix'>>;
  /** What is left of withheld rows, before and after. */
  readonly was: ByBucket;
  readonly next: ByBucket;
}

/** The list's number of entries is kept true. @returns what hosts get and lose, by bucket; empty: nothing */
export function* rewriteBuckets(
  tx: ListTx,
  list: StoredList,
  { changed, was, next }: Rewrite,
): Steps<readonly Difference<'unix'>[]> {
  const { name, selector, buckets } = list;
  const layer = listLayer(name, selector);
  let { entries } = list;
  const told: Difference<'unix'>[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const to = changed.get(bucket);
    const parts = { was: was(bucket), next: next(bucket) };
    if (!to && entryCount(parts.was) + entryCount(parts.next) === 0) continue;
    const stored = yield* tx.bucket(name, bucket);
    const before = held(stored, parts.was);
    const after = held(to ?? stored, parts.next);
    const difference = diffTables(before, after);
    const { adds, removes } = difference;
    if (entryCount(adds) + entryCount(removes) > 0) {
      tx.touch(layer, adds, removes);
      told.push(difference);
    }
    entries += after.size - before.size;
    if (to) tx.saveBucket(name, bucket, tableOf(to).pack());
    yield;
  }
  if (entries !== list.entries) tx.saveList({ ...list, entries });
  return told;
}
