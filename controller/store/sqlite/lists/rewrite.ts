// Changes what is stored of single buckets of a list, and what is left of its withheld rows; hosts get the difference.
import { diffTables } from '../../../../common/entries/compare.ts';
import { entryCount, type PackedEntries } from '../../../../common/entries/packed.ts';
import { listLayer } from '../../../claims/layers.ts';
import type { Transaction } from '../transaction.ts';
import { held, type Pause, readChunk, type StoredList, saveChunk, tableOf } from './list-rows.ts';
import type { Parts } from './withheld.ts';

/** Buckets that are not in `changed` keep their stored rows; hosts still get the difference between `was` and `next`. */
export interface Rewrite {
  /** What these buckets are to hold of the file. */
  readonly changed: ReadonlyMap<number, PackedEntries<'unix'>>;
  /** What is left of withheld rows, before and after. */
  readonly was: Parts;
  readonly next: Parts;
}

/** `told` gets what hosts lose and get, a bucket at a time. The list's number of entries is kept true. */
export async function rewriteBuckets(
  tx: Transaction,
  { name, selector, buckets }: StoredList,
  { changed, was, next }: Rewrite,
  pause: Pause,
  told: (adds: PackedEntries<'unix'>, removes: PackedEntries) => void,
): Promise<void> {
  const layer = listLayer(name, selector);
  let grown = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const to = changed.get(bucket);
    const parts = { was: was.bucket(bucket), next: next.bucket(bucket) };
    if (!to && entryCount(parts.was) + entryCount(parts.next) === 0) continue;
    const stored = readChunk(tx.db, name, bucket);
    const before = held(stored, parts.was);
    const after = held(to ?? stored, parts.next);
    const { adds, removes } = diffTables(before, after);
    if (entryCount(adds) + entryCount(removes) > 0) {
      tx.touch(layer, adds, removes);
      told(adds, removes);
    }
    grown += after.size - before.size;
    if (to) saveChunk(tx.db, name, bucket, tableOf(to).pack());
    await pause();
  }
  if (grown !== 0) tx.db.prepare('UPDATE list SET entries = entries + ? WHERE name = ?').run(grown, name);
}
